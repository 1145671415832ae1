package io.tsdb.cluster.raft;

import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.impl.RatisMetricRegistryImpl;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.metrics.SegmentedRaftLogMetrics;
import org.apache.ratis.thirdparty.com.codahale.metrics.Snapshot;
import org.apache.ratis.thirdparty.com.codahale.metrics.Timer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Reads off Ratis how the replicas of this node stand.
final class ReplicaStates {
    private static final double NANOS_PER_SECOND = 1e9;

    private ReplicaStates() {}

    /// @param division of the log
    /// @param directory of the group
    static ReplicaState of(
            int log, RaftServer.Division division, Path directory, Optional<String> trouble) {
        DivisionInfo info = division.getInfo();
        var last = division.getRaftLog().getLastEntryTermIndex();
        long committed = division.getRaftLog().getLastCommittedIndex();
        long[] matched = info.getFollowerMatchIndices();
        Timer syncs = timer(division.getMemberId().toString());
        Snapshot taken = syncs == null ? null : syncs.getSnapshot();
        return new ReplicaState(
                log,
                info.isAlive() ? info.getCurrentRole().name().toLowerCase(Locale.ROOT) : "ended",
                info.getCurrentTerm(),
                Optional.ofNullable(info.getLeaderId()).map(Object::toString),
                last == null ? committed : last.getIndex(),
                committed,
                info.getLastAppliedIndex(),
                matched == null || !info.isLeader() ? -1 : Arrays.stream(matched).min().orElse(-1),
                bytes(directory),
                syncs == null ? 0 : syncs.getCount(),
                taken == null ? 0 : taken.get95thPercentile() / NANOS_PER_SECOND,
                taken == null ? 0 : taken.getMax() / NANOS_PER_SECOND,
                trouble);
    }

    /// Ratis' own clock of the syncs of a log.
    ///
    /// @param member replica and group, as Ratis writes them
    private static @Nullable Timer timer(String member) {
        for (RatisMetricRegistry registry : MetricRegistries.global().getMetricRegistries()) {
            if (registry instanceof RatisMetricRegistryImpl found
                    && found.getMetricRegistryInfo().getPrefix().equals(member)
                    && found.get(SegmentedRaftLogMetrics.RAFT_LOG_SYNC_TIME)
                            instanceof Timer timer) {
                return timer;
            }
        }
        return null;
    }

    private static long bytes(Path directory) {
        long sum = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve("current"))) {
            for (Path file : files) {
                sum += Files.size(file);
            }
        } catch (IOException | DirectoryIteratorException _) {
            return sum; // one has just gone, or the log is not there yet
        }
        return sum;
    }
}
