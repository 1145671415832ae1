package io.tsdb.cluster.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.raft.AppendOutcome;
import io.tsdb.cluster.raft.FreePorts;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

@Timeout(60)
class DataPortTest {
    private static final int FRAME_BYTES_MAX = 1 << 20;

    private final List<Member> nodes = new ArrayList<>();

    @BeforeEach
    void addresses() throws IOException {
        List<Integer> ports = FreePorts.take(3);
        for (int i = 0; i < 3; i++) {
            nodes.add(
                    new Member(
                            "node" + i,
                            new Address("127.0.0.1", 1 + i),
                            new Address("127.0.0.1", ports.get(i)),
                            "rack-" + i));
        }
    }

    private Greeting member(int node, Members members) {
        return alone(node).in(members);
    }

    private Greeting alone(int node) {
        return new Greeting(nodes.get(node), 2, 3, Optional.empty());
    }

    private DataPort port(int node, Greeting greeting) throws IOException {
        return new DataPort(nodes.get(node).data(), greeting, FRAME_BYTES_MAX, NodeSockets.PLAIN);
    }

    private DataClients clients(Members members) {
        return new DataClients(
                () -> member(0, members),
                () -> members,
                FRAME_BYTES_MAX,
                NodeSockets.PLAIN,
                System::nanoTime);
    }

    /// Every byte by the table of `docs/protocol/data-port.md`: DONE for request 258, which came
    /// too early.
    @Test
    void framesAreAsThePageDrawsThem() throws IOException {
        var out = new ByteArrayOutputStream();
        Frame.done(258, AppendOutcome.EARLY).write(out);
        byte[] behind = HexFormat.of().parseHex("0402000000000000" + "0201000000000000" + "02");
        var crc = new CRC32C();
        crc.update(behind);
        assertThat(out.toByteArray())
                .isEqualTo(
                        ByteBuffer.allocate(25)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(1)
                                .putInt((int) crc.getValue())
                                .put(behind)
                                .array());
    }

    /// Levels are where programs from before there were levels pass over them: in the number of the
    /// request. Own levels 1 to 2, and the cluster is at 1.
    @Test
    void aGreetingSaysTheLevelsInItsHeader() throws IOException {
        Greeting greeting = alone(0).speaking(new Levels(1, 2), 1);
        var out = new ByteArrayOutputStream();
        greeting.frame(Frame.Kind.HELLO).write(out);
        byte[] header = Arrays.copyOf(out.toByteArray(), FrameLayout.HEADER_BYTES);
        assertThat(HexFormat.of().formatHex(header, 8, 24))
                .isEqualTo("0102000000000000" + "0102010000000000");
        var in = new DataInputStream(new ByteArrayInputStream(out.toByteArray()));
        assertThat(Greeting.of(Frame.read(in, FRAME_BYTES_MAX))).isEqualTo(greeting);
        Frame before = Frame.of(Frame.Kind.HELLO, greeting.toBytes());
        assertThat(Greeting.of(before)).isEqualTo(greeting.speaking(new Levels(1, 1), 1));
        byte[] body = greeting.toBytes();
        var wrong = new Frame(Frame.Kind.HELLO, 0, 0x0102L, body, body.length);
        assertThatThrownBy(() -> Greeting.of(wrong))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("levels 2 to 1");
    }

    /// What a node answers to a first frame: a greeting, or why it gives none.
    private Frame answer(int node, Frame first) throws IOException {
        try (var socket = new Socket("127.0.0.1", nodes.get(node).data().port())) {
            first.write(socket.getOutputStream());
            return Frame.read(new DataInputStream(socket.getInputStream()), FRAME_BYTES_MAX);
        }
    }

    /// A program from before there were levels is a program of level 1.
    @Test
    void whoDoesNotSpeakTheLevelIsToldSo() throws Exception {
        Greeting mine = member(1, new Members(2, 3, nodes)).speaking(new Levels(1, 3), 1);
        Frame before = Frame.of(Frame.Kind.HELLO, member(0, new Members(2, 3, nodes)).toBytes());
        try (DataPort port = port(1, mine)) {
            assertThat(answer(1, before).kind()).isEqualTo(Frame.Kind.WELCOME);
            port.formed(mine.speaking(mine.levels(), 2));
            Frame refused = answer(1, before);
            assertThat(refused.kind()).isEqualTo(Frame.Kind.FAILED);
            assertThat(refused.text())
                    .contains("too old for its cluster, which is at level 2", "speaks levels 1;");
            Greeting tooNew = alone(0).speaking(new Levels(3, 4), 3);
            assertThat(answer(1, tooNew.frame(Frame.Kind.HELLO)).text())
                    .contains("too new for its cluster, which is at level 2");
            Greeting both = alone(0).speaking(new Levels(2, 2), 2);
            assertThat(answer(1, both.frame(Frame.Kind.HELLO)).kind())
                    .isEqualTo(Frame.Kind.WELCOME);
        }
    }

    /// A start that can come to nothing ends, in place of asking again and again.
    @Test
    void formationEndsWhereTheClusterIsAtAnotherLevel() throws Exception {
        var members = new Members(2, 3, nodes);
        List<Address> seeds = List.of(nodes.get(1).data());
        try (DataPort port = port(1, member(1, members).speaking(new Levels(1, 2), 2))) {
            Greeting old = alone(0).speaking(new Levels(1, 1), 1);
            assertThatThrownBy(new Formation(old, seeds, 0, NodeSockets.PLAIN)::await)
                    .isInstanceOf(LevelException.class)
                    .hasMessageContaining("too old for its cluster");
            Greeting back = old.in(members);
            assertThatThrownBy(new Formation(back, seeds, 0, NodeSockets.PLAIN)::checkLevel)
                    .isInstanceOf(LevelException.class);
            assertThatThrownBy(
                            () ->
                                    new ControlConnection(
                                            nodes.get(1).data().resolve(),
                                            old,
                                            FRAME_BYTES_MAX,
                                            NodeSockets.PLAIN))
                    .isInstanceOf(LevelException.class);
            port.formed(member(1, members).speaking(new Levels(1, 1), 1));
            new Formation(back, seeds, 0, NodeSockets.PLAIN).checkLevel();
            // one from before there were levels takes everybody: who comes looks, too
            Greeting tooNew = alone(0).speaking(new Levels(2, 3), 2);
            Frame welcome = Frame.of(Frame.Kind.WELCOME, member(1, members).toBytes());
            assertThatThrownBy(() -> tooNew.answered(welcome))
                    .isInstanceOf(LevelException.class)
                    .hasMessageContaining("too new for its cluster, which is at level 1");
        }
        new Formation(alone(0), seeds, 0, NodeSockets.PLAIN).checkLevel(); // nobody is there
    }

    @Test
    void knowsWhatAMemberSpeaksWhileItIsThere() throws Exception {
        var members = new Members(2, 3, nodes);
        try (var clients = clients(members)) {
            assertThat(clients.levels("node1")).isEmpty();
            try (DataPort _ = port(1, member(1, members).speaking(new Levels(1, 3), 1))) {
                while (clients.levels("node1").isEmpty()) {
                    Thread.onSpinWait();
                }
                assertThat(clients.levels("node1")).contains(new Levels(1, 3));
            }
            while (clients.levels("node1").isPresent()) {
                Thread.onSpinWait();
            }
        }
    }

    /// No flipped bit passes for a frame.
    @Test
    void refusesAFrameWithAnyBitFlipped() throws IOException {
        var out = new ByteArrayOutputStream();
        Frame.failed(9, "why").write(out);
        for (int bit = 0; bit < 8 * out.size(); bit++) {
            byte[] damaged = out.toByteArray();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            var in = new DataInputStream(new ByteArrayInputStream(damaged));
            assertThatThrownBy(() -> Frame.read(in, FRAME_BYTES_MAX))
                    .as("bit " + bit)
                    .isInstanceOfAny(ProtocolException.class, EOFException.class);
        }
    }

    @Test
    void appendsAtTheOtherSideInOrderAndTellsWhatBecameOfIt() throws Exception {
        var members = new Members(2, 3, nodes);
        var seen = Collections.synchronizedList(new ArrayList<String>());
        try (DataPort port = port(1, member(1, members));
                var clients = clients(members)) {
            port.serve(
                    (log, entry, length) -> {
                        String text = new String(entry, 0, length, StandardCharsets.UTF_8);
                        seen.add(log + " " + text);
                        return text.equals("bad")
                                ? CompletableFuture.failedFuture(new IOException("not leader"))
                                : CompletableFuture.completedFuture(AppendOutcome.REPEATED);
                    });
            var answers = new ArrayList<CompletableFuture<AppendOutcome>>();
            var expected = new ArrayList<String>();
            for (int i = 0; i < 1_000; i++) {
                byte[] bytes = ("entry " + i).getBytes(StandardCharsets.UTF_8);
                answers.add(clients.append("node1", i % 3, bytes, bytes.length));
                expected.add(i % 3 + " entry " + i);
            }
            answers.forEach(answer -> assertThat(answer.join()).isEqualTo(AppendOutcome.REPEATED));
            assertThat(seen).isEqualTo(expected);
            byte[] bad = "bad".getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> clients.append("node1", 0, bad, bad.length).join())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("not leader");
        }
    }

    /// One question about all logs of a leader, as `docs/protocol/data-port.md#committed` draws it.
    @Test
    void saysHowFarLogsAreCommitted() throws Exception {
        assertThat(CommitFrames.request(new int[] {0, 2, 65_535}))
                .isEqualTo(DataPortPage.example("committed"));
        assertThat(CommitFrames.answer(1, new long[] {4_711, -1, 12}).payload())
                .isEqualTo(DataPortPage.example("indexes"));
        var members = new Members(2, 3, nodes);
        try (DataPort port = port(1, member(1, members));
                var clients = clients(members)) {
            assertThatThrownBy(() -> clients.committed("node1", new int[] {0}).join())
                    .hasMessageContaining("the node is starting");
            port.serveCommits(
                    logs ->
                            logs[0] == 7
                                    ? CompletableFuture.failedFuture(new IOException("closed"))
                                    : CompletableFuture.completedFuture(
                                            Arrays.stream(logs).mapToLong(log -> log).toArray()));
            for (int count : new int[] {1, 3, 65_536}) {
                int[] logs = IntStream.range(0, count).toArray();
                assertThat(clients.committed("node1", logs).join())
                        .isEqualTo(Arrays.stream(logs).asLongStream().toArray());
            }
            assertThatThrownBy(() -> clients.committed("node1", new int[] {7}).join())
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> clients.committed("node9", new int[] {1}).join())
                    .hasMessageContaining("no member of the cluster any more");
        }
    }

    /// A frame that asks for nothing, for half a log, or for more logs than there can be.
    @Test
    void refusesQuestionsOfNoLogs() {
        for (int length : new int[] {0, 1, 3, 2 * 65_536 + 2}) {
            var frame = new Frame(Frame.Kind.COMMITTED, 0, 1, new byte[length], length);
            assertThatThrownBy(() -> CommitFrames.logs(frame))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("logs in " + length + " bytes");
        }
        assertThatThrownBy(() -> CommitFrames.indexes(new byte[9], 1))
                .hasMessageContaining("9 bytes answer for 1 logs");
    }

    /// A member that is not there: the append fails, and works once it is there.
    @Test
    void connectsAnewAfterAFailure() throws Exception {
        var members = new Members(2, 3, nodes);
        byte[] entry = {1};
        try (var clients = clients(members)) {
            assertThatThrownBy(() -> clients.append("node1", 0, entry, 1).join())
                    .hasMessageContaining("Connection refused");
            try (DataPort port = port(1, member(1, members))) {
                port.serve(
                        (_, _, _) -> CompletableFuture.supplyAsync(() -> AppendOutcome.DELIVERED));
                clients.append("node1", 0, entry, 1).join();
            }
        }
    }

    @Test
    void takesNothingFromAnotherCluster() throws Exception {
        var mine = new Members(2, 3, nodes);
        var other = new Members(2, 3, List.of(nodes.get(0), nodes.get(1)));
        byte[] entry = {1};
        try (DataPort port = port(1, member(1, mine));
                var clients = clients(other)) {
            port.serve(
                    (_, _, _) -> {
                        throw new AssertionError("taken");
                    });
            assertThatThrownBy(() -> clients.append("node1", 0, entry, 1).join())
                    .hasMessageContaining("EOFException");
        }
    }

    /// Before its greeting nobody makes it allocate anything.
    @Test
    void endsAConnectionThatDoesNotGreet() throws Exception {
        try (DataPort _ = port(1, alone(1));
                var socket = new Socket("127.0.0.1", nodes.get(1).data().port())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void nodesThatAreInNoClusterBecomeOne() throws Exception {
        List<Address> seeds = nodes.stream().map(Member::data).toList();
        var ports = new ArrayList<DataPort>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var formed = new ArrayList<Future<Members>>();
            for (int i = 0; i < 3; i++) {
                int node = i;
                ports.add(port(node, alone(node)));
                formed.add(
                        threads.submit(
                                () ->
                                        new Formation(alone(node), seeds, 3, NodeSockets.PLAIN)
                                                .await()
                                                .members()));
            }
            for (Future<Members> one : formed) {
                assertThat(one.get()).isEqualTo(new Members(2, 3, nodes));
            }
        } finally {
            ports.forEach(DataPort::close);
        }
    }

    /// An emptied disk comes back under another id; a name may stand for many nodes, some of which
    /// do not answer.
    @Test
    void whoIsNotInTheClusterIsToldWhomToJoin() throws Exception {
        var members = new Members(2, 3, nodes);
        var stranger = new Member("stranger", nodes.get(0).raft(), nodes.get(0).data());
        try (DataPort _ = port(1, member(1, members))) {
            Formation.Outcome found =
                    new Formation(
                                    new Greeting(stranger, 2, 3, Optional.empty()),
                                    List.of(nodes.get(0).data(), nodes.get(1).data()),
                                    2,
                                    NodeSockets.PLAIN)
                            .await();
            assertThat(found.members()).isEqualTo(members);
            assertThat(found.at()).contains(nodes.get(1).data().resolve());
        }
    }

    /// Two clusters of different members would come of it.
    @Test
    void refusesMoreNodesThanAClusterBeginsWith() throws Exception {
        List<Address> seeds = nodes.stream().map(Member::data).toList();
        try (DataPort _ = port(0, alone(0));
                DataPort _ = port(1, alone(1));
                DataPort _ = port(2, alone(2))) {
            var formation = new Formation(alone(0), seeds, 2, NodeSockets.PLAIN);
            assertThatThrownBy(formation::await)
                    .hasMessageContaining("3 nodes have answered")
                    .hasMessageContaining("cluster-nodes says 2");
        }
    }

    @Test
    void shardsMustBeAsManyEverywhere() throws Exception {
        try (DataPort _ = port(0, alone(0));
                DataPort _ = port(1, new Greeting(nodes.get(1), 8, 3, Optional.empty()))) {
            var formation =
                    new Formation(
                            alone(0),
                            List.of(nodes.get(0).data(), nodes.get(1).data()),
                            2,
                            NodeSockets.PLAIN);
            assertThatThrownBy(formation::await)
                    .hasMessageContaining("cluster-shards is 2 here and 8 at");
        }
    }

    @Test
    void keepsItsIdentityInAFile(@TempDir Path data) throws Exception {
        var io = new LocalFileStore();
        assertThat(MemberFile.load(io, data)).isEmpty();
        MemberFile.store(io, data, alone(2));
        assertThat(MemberFile.load(io, data)).contains(alone(2));
        Greeting formed = member(2, new Members(2, 3, nodes));
        MemberFile.store(io, data, formed);
        assertThat(MemberFile.load(io, data)).contains(formed);
    }
}
