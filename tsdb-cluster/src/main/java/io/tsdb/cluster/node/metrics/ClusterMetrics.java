package io.tsdb.cluster.node.metrics;

import io.tsdb.cluster.raft.ReplicaState;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// How the replicas of this node stand, the catalog's too, and what its queries asked of others.
/// Any thread.
///
/// @param remote fragments that other nodes were asked to run
/// @param hedged times that another replica was asked, since one let wait
/// @param repairs parts that were mended, and times that nobody could help
/// @param level that the cluster is at
public record ClusterMetrics(
        Supplier<List<ReplicaState>> replicas,
        LongSupplier remote,
        LongSupplier hedged,
        Supplier<Map<String, Number>> repairs,
        IntSupplier level) {
    private static final String LABEL = "shard";

    void bindTo(NodeMetrics metrics) {
        add(metrics, "tsdb_raft_leader", "1: this node leads.", r -> r.isLeader() ? 1 : 0);
        add(metrics, "tsdb_raft_term", "Term of the log.", ReplicaState::term);
        add(
                metrics,
                "tsdb_raft_commit_lag_entries",
                "Entries of the log that are not known to be on a majority.",
                ReplicaState::commitLag);
        add(
                metrics,
                "tsdb_raft_apply_lag_entries",
                "Entries that are committed and not applied here.",
                ReplicaState::applyLag);
        add(
                metrics,
                "tsdb_raft_replica_lag_entries",
                "At the leader: entries that the slowest member lacks.",
                ReplicaState::replicaLag);
        add(metrics, "tsdb_raft_log_bytes", "Disk of the log.", ReplicaState::logBytes);
        add(metrics, "tsdb_raft_log_syncs_total", "Syncs of the log.", ReplicaState::syncCount);
        add(
                metrics,
                "tsdb_raft_sync_p95_seconds",
                "95 of 100 syncs of late took no longer.",
                ReplicaState::syncSecondsP95);
        add(
                metrics,
                "tsdb_raft_sync_max_seconds",
                "The longest sync of late.",
                ReplicaState::syncSecondsMax);
        metrics.family(
                "tsdb_fragments_total",
                "kind",
                "Fragments that other nodes were asked to run (remote), and how many of them since"
                        + " a replica let wait (hedged).",
                () -> Map.of("remote", remote.getAsLong(), "hedged", hedged.getAsLong()));
        metrics.family(
                "tsdb_part_repairs_total",
                "outcome",
                "Damaged parts that were copied from another member, and tries when none could"
                        + " help.",
                repairs);
        metrics.gauge(
                "tsdb.cluster.level",
                "Level of the formats in which members write for one another, as this node knows"
                        + " it.",
                level::getAsInt);
    }

    private void add(
            NodeMetrics metrics, String name, String what, ToDoubleFunction<ReplicaState> value) {
        metrics.family(name, LABEL, what, () -> byShard(value));
    }

    private Map<String, Number> byShard(ToDoubleFunction<ReplicaState> value) {
        var values = new TreeMap<String, Number>();
        for (ReplicaState one : replicas.get()) {
            values.put(one.name(), value.applyAsDouble(one));
        }
        return values;
    }
}
