package io.tsdb.cluster.node.admin;

import io.tsdb.cluster.raft.ClusterEvents;
import io.tsdb.cluster.raft.HandOver;
import io.tsdb.cluster.raft.ReplicaState;
import io.tsdb.cluster.rebalance.ClusterCheck;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Program;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The cluster as this node sees it, as tables in the form of SQL's answers: members, shards,
/// events. Any thread.
///
/// @param self id of this node
/// @param cluster as this node has heard of it
/// @param isSilent whether a member did not answer lately
/// @param replicas of this node
/// @param isDamaged whether parts of a shard are damaged here
/// @param handOver gives up what this node leads
/// @param check reads and compares replicas
public record ClusterTables(
        String self,
        Supplier<ClusterState> cluster,
        Predicate<String> isSilent,
        Supplier<List<ReplicaState>> replicas,
        Predicate<Integer> isDamaged,
        Supplier<List<HandOver.Outcome>> handOver,
        ClusterEvents events,
        ClusterCheck check) {
    private static final String TEXT = "string";
    private static final String NUMBER = "int64";
    private static final double MILLIS_PER_SECOND = 1e3;

    /// A column, and how it comes from what a row is about.
    private record Column<T>(String name, String type, Function<T, Object> value) {}

    String membersTable() {
        ClusterState now = cluster.get();
        return table(
                now.members().members(),
                List.of(
                        new Column<>("member", TEXT, Member::id),
                        new Column<>("state", TEXT, this::state),
                        new Column<>(
                                "is", TEXT, member -> now.state(member.id()).orElseThrow().word()),
                        new Column<>(
                                "shards",
                                NUMBER,
                                member -> (long) now.placement().shardsOf(member.id()).size()),
                        new Column<>("moves", TEXT, member -> moves(now, member)),
                        new Column<>("data", TEXT, member -> member.data().toString()),
                        new Column<>("raft", TEXT, member -> member.raft().toString()),
                        new Column<>("version", TEXT, member -> program(now, member).version()),
                        new Column<>("levels", TEXT, member -> program(now, member).levels())));
    }

    private static Program program(ClusterState now, Member member) {
        return now.level().program(member.id());
    }

    /// What a member runs, as far as it has said.
    Program program(Member member) {
        return program(cluster.get(), member);
    }

    /// The level that the cluster is at.
    int level() {
        return cluster.get().level().level();
    }

    /// Members that keep the cluster from the newest level that one of them speaks.
    List<Member> behind() {
        return cluster.get().behind();
    }

    /// What is on its way to a member and from it.
    private static String moves(ClusterState now, Member member) {
        return now.moves().stream()
                .filter(
                        move ->
                                move.to().equals(member.id())
                                        || move.from().filter(member.id()::equals).isPresent())
                .map(
                        move ->
                                (move.to().equals(member.id()) ? "+" : "-")
                                        + move.shard()
                                        + " "
                                        + move.step().word())
                .collect(Collectors.joining(", "));
    }

    /// `asked` (this node), `answers` or `silent`.
    String state(Member member) {
        if (member.id().equals(self)) {
            return "asked";
        }
        return isSilent.test(member.id()) ? "silent" : "answers";
    }

    String shardsTable() {
        return table(
                replicas.get(),
                List.of(
                        new Column<>("shard", TEXT, ReplicaState::name),
                        new Column<>("role", TEXT, ReplicaState::role),
                        new Column<>("leader", TEXT, one -> one.leader().orElse("")),
                        new Column<>("term", NUMBER, ReplicaState::term),
                        new Column<>("last", NUMBER, ReplicaState::lastIndex),
                        new Column<>("commit_lag", NUMBER, ReplicaState::commitLag),
                        new Column<>("apply_lag", NUMBER, ReplicaState::applyLag),
                        new Column<>("replica_lag", NUMBER, ReplicaState::replicaLag),
                        new Column<>("log_bytes", NUMBER, ReplicaState::logBytes),
                        new Column<>("sync_ms_p95", TEXT, one -> millis(one.syncSecondsP95())),
                        new Column<>("state", TEXT, this::trouble)));
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds * MILLIS_PER_SECOND);
    }

    private String trouble(ReplicaState one) {
        return one.trouble().orElse(isDamaged.test(one.log()) ? "parts are damaged here" : "ok");
    }

    /// What this node led, and who leads it now; it leads none of it any more but what nobody took.
    String handedOverTable() {
        return table(
                handOver.get(),
                List.of(
                        new Column<>("shard", TEXT, HandOver.Outcome::name),
                        new Column<>("leader", TEXT, one -> one.member().orElse("")),
                        new Column<>(
                                "outcome",
                                TEXT,
                                one -> one.member().isPresent() ? "done" : "nobody took it")));
    }

    String eventsTable() {
        return table(
                events.newest(),
                List.of(
                        new Column<>("time", TEXT, event -> event.time().toString()),
                        new Column<>("event", TEXT, event -> event.kind().id()),
                        new Column<>("text", TEXT, ClusterEvents.Event::text)));
    }

    /// Reads, mends and compares all replicas of a shard.
    String checkTable(int shard) throws InterruptedException {
        return table(
                check.run(shard),
                List.of(
                        new Column<>("shard", NUMBER, row -> (long) row.shard()),
                        new Column<>("of", NUMBER, _ -> (long) check.shardCount()),
                        new Column<>("member", TEXT, ClusterCheck.Row::member),
                        new Column<>("state", TEXT, row -> word(row.state())),
                        new Column<>("parts", NUMBER, ClusterCheck.Row::parts),
                        new Column<>("bytes", NUMBER, ClusterCheck.Row::bytes),
                        new Column<>("text", TEXT, ClusterCheck.Row::text)));
    }

    private static String word(ClusterCheck.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static <T> String table(List<T> all, List<Column<T>> columns) {
        JsonMapper json = JsonMapper.shared();
        ObjectNode answer = json.createObjectNode();
        ArrayNode heads = answer.putArray("columns");
        for (Column<T> column : columns) {
            heads.addObject().put("name", column.name()).put("type", column.type());
        }
        ArrayNode rows = answer.putArray("rows");
        for (T one : all) {
            ArrayNode row = rows.addArray();
            for (Column<T> column : columns) {
                switch (column.value().apply(one)) {
                    case Long number -> row.add(number);
                    case Object text -> row.add(text.toString());
                }
            }
        }
        return answer.put("rowCount", all.size()).toString();
    }
}
