package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.AbstractShardLogTest;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.log.Recorder;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.ResourceLimitException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The contract of every log, against a cluster of one member.
class RaftShardLogTest extends AbstractShardLogTest {
    @TempDir Path directory;
    private Members members;

    @BeforeEach
    void addresses() throws IOException {
        List<Integer> ports = FreePorts.take(2);
        members =
                new Members(
                        2,
                        3,
                        List.of(
                                new Member(
                                        "a",
                                        new Address("127.0.0.1", ports.get(0)),
                                        new Address("127.0.0.1", ports.get(1)))));
    }

    @Override
    protected NodeLog open() {
        return new RaftNodeLog(
                new LocalFileStore(),
                directory,
                new ClusterView(ClusterState.first(members)),
                "a",
                RaftSettings.DEFAULT,
                LeaderPort.NOBODY,
                Optional.empty(),
                System::nanoTime);
    }

    /// Writes and queries ask it where to go.
    @Test
    void saysWhoHasAShardAndWhoLeadsIt() throws Exception {
        try (NodeLog log = started(0, new Applied())) {
            ShardMap map = ((RaftNodeLog) log).shardMap();
            Member a = members.member("a");
            assertThat(map.shardCount()).isEqualTo(2);
            assertThat(map.self()).isEqualTo(a);
            assertThat(map.replicas(0)).containsExactly(a);
            assertThat(map.isHere(0)).isTrue();
            assertThat(map.leader(0)).contains(a); // it is the only one, and has recovered
        }
    }

    /// What a replica's parts hold was on disk in its log first: a log that ends before has lost
    /// it.
    @Test
    @Override
    protected void goesOnBehindTheAppliedIndex() throws Exception {
        var before = new Applied();
        try (NodeLog log = started(0, before)) {
            append(log, before, 1, 3);
        }
        long beyond = before.indexes().getLast() + 40;
        assertThatThrownBy(() -> started(beyond, new Applied()))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("that it had acknowledged are lost");
        assertThat(directory).isNotEmptyDirectory();
    }

    /// It can never be taken, however much room there is, so whoever sends it is told so; those
    /// behind it are taken.
    @ParameterizedTest
    @ValueSource(ints = {RaftSettings.ENTRY_BYTES_MAX, 80 << 20})
    void refusesAnEntryThatIsTooLargeForGood(int bytes) throws Exception {
        var applied = new Applied();
        try (NodeLog log = started(0, applied)) {
            var refusal = new CompletableFuture<Exception>();
            ShardLog.Commit commit =
                    new ShardLog.Commit() {
                        @Override
                        public void committed(long index) {
                            refusal.completeExceptionally(new AssertionError("committed"));
                        }

                        @Override
                        public void failed(Exception cause) {
                            refusal.complete(cause);
                        }
                    };
            assertThat(log.shard(0).append(Recorder.entry(1, bytes), commit)).isTrue();
            assertThat(refusal.join())
                    .isInstanceOf(ResourceLimitException.class)
                    .hasMessageContaining("size of an entry in a cluster's log");
            append(log, applied, 2, 1);
        }
        assertThat(applied.values()).containsExactly(2L);
    }
}
