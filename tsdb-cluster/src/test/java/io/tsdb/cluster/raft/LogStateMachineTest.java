package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.io.LocalFileStore;

import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class LogStateMachineTest {
    private static final int SNAPSHOT_INDEX = 7;

    @TempDir Path directory;

    /// What a leader logs when every member has the log up to an entry.
    private static ByteString held(long sequence, long index) {
        byte[] bytes = new byte[EntryHeaderLayout.HELD_BYTES];
        bytes[EntryHeaderLayout.VERSION_OFFSET] = EntryHeaderLayout.VERSION;
        LittleEndian.putLong(bytes, EntryHeaderLayout.SEQUENCE_OFFSET, sequence);
        LittleEndian.putLong(bytes, EntryHeaderLayout.FLOOR_OFFSET, sequence);
        bytes[EntryHeaderLayout.BYTES] = EntryHeaderLayout.KIND_HELD;
        LittleEndian.putLong(bytes, EntryHeaderLayout.BYTES + 1, index);
        return ByteString.copyFrom(bytes);
    }

    /// Of Ratis' server a state machine knows the name alone.
    private static <T> T named(Class<T> type) {
        Object proxy =
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, _) -> {
                            assertThat(method.getName()).isEqualTo("getId");
                            return RaftPeerId.valueOf("a");
                        });
        return type.cast(proxy);
    }

    private RaftNodeLog node() {
        var self = new Member("a", new Address("localhost", 1), new Address("localhost", 2));
        return new RaftNodeLog(
                new LocalFileStore(),
                directory,
                new ClusterView(ClusterState.first(new Members(1, 3, List.of(self)))),
                "a",
                RaftSettings.DEFAULT,
                LeaderPort.NOBODY,
                Optional.empty(),
                System::nanoTime);
    }

    /// Ratis ends a replica whose snapshot goes back. One that starts again has its snapshot before
    /// it is told, by entries behind that, what the others have.
    @Test
    void namesNoOlderSnapshotThanItBeganWith() throws IOException {
        try (var node = node()) {
            var log = new RaftShardLog(node, 0);
            log.start(SNAPSHOT_INDEX, SNAPSHOT_INDEX, (_, _) -> {});
            log.restore(new LogSnapshot(1, SNAPSHOT_INDEX, new Origins()), "log-0.snapshot");
            try (var machine = new LogStateMachine(log)) {
                machine.initialize(
                        named(RaftServer.class), RaftGroupId.randomId(), named(RaftStorage.class));
                log.deliver(1, SNAPSHOT_INDEX + 1, held(1, SNAPSHOT_INDEX - 4));
                assertThat(machine.takeSnapshot()).as("none is taken").isEqualTo(-1);
                log.deliver(1, SNAPSHOT_INDEX + 2, held(2, SNAPSHOT_INDEX + 1));
                assertThat(machine.takeSnapshot()).isEqualTo(SNAPSHOT_INDEX);
            }
        }
    }

    /// A replica that has gone may say for a moment how far it has come: that is nothing of the one
    /// that comes after it.
    @Test
    void aReplicaThatBeginsAnewHasAppliedNothing() throws IOException {
        try (var node = node()) {
            var log = new RaftShardLog(node, 0);
            log.start(0, 0, (_, _) -> {});
            var machine = new LogStateMachine(log);
            machine.notifyTermIndexUpdated(1, 9);
            assertThat(log.progress().reaches(9, 1_000_000_000)).isCompleted();
            log.stop();
            machine.notifyTermIndexUpdated(1, 10);
            log.start(0, 0, (_, _) -> {});
            assertThat(log.progress().reaches(1, 1_000_000_000)).isNotDone();
            machine.close();
        }
    }

    /// A leader that is alone has nobody to ask, and nobody who lacks anything: of what comes after
    /// that, a member that comes may lack all.
    @Test
    void forgetsNothingBehindWhatALeaderThatWasAloneSaid() throws IOException {
        try (var node = node()) {
            var log = new RaftShardLog(node, 0);
            int last = SNAPSHOT_INDEX + 9;
            log.start(last, last, (_, _) -> {});
            log.restore(new LogSnapshot(1, last, new Origins()), "log-0.snapshot");
            log.deliver(1, SNAPSHOT_INDEX + 2, held(1, Long.MAX_VALUE));
            assertThat(log.purgeableIndex()).isEqualTo(SNAPSHOT_INDEX + 2);
        }
    }
}
