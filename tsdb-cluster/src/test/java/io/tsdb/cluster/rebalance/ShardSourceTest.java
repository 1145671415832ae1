package io.tsdb.cluster.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.TestStores;
import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.raft.FreePorts;
import io.tsdb.cluster.raft.LeaderPort;
import io.tsdb.cluster.raft.RaftNodeLog;
import io.tsdb.cluster.raft.RaftSettings;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.rpc.DataPort;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterStateText;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.MemberState;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What a member gives to nodes that come, over a store and a data port of their own.
@Timeout(60)
class ShardSourceTest {
    private static final int FRAME_BYTES_MAX = 1 << 20;
    private static final int LOGGED = 5;
    private static final Program PROGRAM = new Program("0.2.0", new Levels(1, 3));

    @TempDir Path temporary;

    private final AtomicLong now = new AtomicLong(1);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Member self;
    private Member other;
    private Members members;
    private Store store;
    private ShardSource source;

    @BeforeEach
    void open() throws IOException {
        List<Integer> ports = FreePorts.take(4);
        self = member("a", ports.get(0), ports.get(1));
        other = member("b", ports.get(2), ports.get(3));
        members = new Members(1, 3, List.of(self, other));
        var view = new ClusterView(ClusterState.first(members));
        var io = new LocalFileStore();
        var config =
                TestStores.config(
                        temporary.resolve("data"),
                        1,
                        new CompactionConfig(2, Duration.ofHours(1), 1 << 20, 1 << 20, 1));
        store =
                Store.open(
                        config, io, System::nanoTime, () -> Instant.parse("2026-02-01T00:00:00Z"));
        opened.add(store);
        var logs =
                new RaftNodeLog(
                        io,
                        temporary.resolve("raft"),
                        view,
                        self.id(),
                        RaftSettings.DEFAULT,
                        LeaderPort.NOBODY,
                        Optional.empty(),
                        System::nanoTime);
        opened.add(logs);
        logs.moves().begin(0, LOGGED);
        source =
                new ShardSource(
                        io,
                        temporary.resolve("data"),
                        store.moves(),
                        logs.moves(),
                        new ClusterDocument(store, view),
                        member ->
                                ControlConnection.to(
                                        member, greeting(self), FRAME_BYTES_MAX, NodeSockets.PLAIN),
                        now::get);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private static Member member(String id, int raft, int data) {
        return new Member(id, new Address("127.0.0.1", raft), new Address("127.0.0.1", data));
    }

    private Greeting greeting(Member member) {
        return new Greeting(member, 1, 3, Optional.of(members));
    }

    private Optional<ClusterState> state() {
        return store.catalog()
                .document(ClusterStateText.DOCUMENT)
                .map(document -> ClusterStateText.parse(document.text()));
    }

    /// A copy has second names of parts, which keep what is merged and dropped on the disk.
    @Test
    void forgetsACopyThatNobodyReads() throws IOException {
        source.answer(ControlBytes.open(0));
        Path copy = temporary.resolve("data/copies/1");
        now.addAndGet(TimeUnit.MINUTES.toNanos(9));
        source.forgetIdle();
        assertThat(copy).exists();
        now.addAndGet(TimeUnit.MINUTES.toNanos(2));
        source.forgetIdle();
        assertThat(copy).doesNotExist();
    }

    @Test
    void saysWhoIsAMember() throws IOException {
        assertThat(ControlBytes.isMember(source.answer(ControlBytes.isMember("b")))).isTrue();
        assertThat(ControlBytes.isMember(source.answer(ControlBytes.isMember("d")))).isFalse();
    }

    /// A mistake in a setting makes no healthy member a lost one.
    @Test
    void refusesANodeAtTheAddressOfAMemberThatAnswers() throws IOException {
        var comer = member("c", other.raft().port(), FreePorts.take(1).getFirst());
        try (var _ =
                new DataPort(other.data(), greeting(other), FRAME_BYTES_MAX, NodeSockets.PLAIN)) {
            assertThatThrownBy(() -> source.answer(ControlBytes.join(comer, PROGRAM)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("member b is at")
                    .hasMessageContaining("and answers: stop it before");
            assertThat(state()).as("nothing was changed").isEmpty();
        }
        source.answer(ControlBytes.join(comer, PROGRAM));
        assertThat(state().orElseThrow().state("b")).contains(MemberState.LOST);
        assertThat(state().orElseThrow().state("c")).contains(MemberState.JOINING);
        assertThat(state().orElseThrow().level().program("c")).isEqualTo(PROGRAM);
    }

    /// An emptied disk: it is the comer itself that answers at the address.
    @Test
    void takesANodeThatIsWhereAMemberWas() throws IOException {
        var comer = member("c", other.raft().port(), other.data().port());
        try (var _ =
                new DataPort(
                        comer.data(),
                        new Greeting(comer, 1, 3, Optional.empty()),
                        FRAME_BYTES_MAX,
                        NodeSockets.PLAIN)) {
            byte[] request = ControlBytes.join(comer, PROGRAM);
            int said = 2 + Short.BYTES + PROGRAM.version().length();
            source.answer(Arrays.copyOf(request, request.length - said)); // from before levels
        }
        assertThat(state().orElseThrow().level().program("c")).isEqualTo(Program.UNSAID);
        assertThat(state().orElseThrow().state("b")).contains(MemberState.LOST);
    }
}
