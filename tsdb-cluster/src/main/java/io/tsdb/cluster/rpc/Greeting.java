package io.tsdb.cluster.rpc;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What a node says of itself before anything else, and what it is answered with. Bytes:
/// `docs/protocol/data-port.md#greeting`; the file of the members has the same body.
///
/// @param shardCount, replicas of the cluster; of one that is to form: what the node was told
/// @param members empty as long as the node is in no cluster
/// @param speech levels, which are in the frame's header, and not in the file
public record Greeting(
        Member self, int shardCount, int replicas, Optional<Members> members, Speech speech) {
    /// A cluster of hundreds of members.
    public static final int BYTES_MAX = 64 << 10;

    private static final int MEMBERS_MAX = 1_000;

    /// Of a node that runs this program.
    public Greeting(Member self, int shardCount, int replicas, Optional<Members> members) {
        this(self, shardCount, replicas, members, Speech.CURRENT);
    }

    /// The same node, as a member of a cluster.
    public Greeting in(Members cluster) {
        return new Greeting(
                self, cluster.shardCount(), cluster.replicas(), Optional.of(cluster), speech);
    }

    /// The same node, with what it knows of levels.
    ///
    /// @param levels that its program speaks
    /// @param level of its cluster
    public Greeting speaking(Levels levels, int level) {
        return new Greeting(self, shardCount, replicas, members, new Speech(levels, level));
    }

    /// Levels that the node's program speaks.
    public Levels levels() {
        return speech.levels();
    }

    /// Why the other one cannot be in the cluster of this one, in words for whoever runs it.
    Optional<String> refusal(Greeting other) {
        return members.isEmpty() || other.levels().has(speech.level())
                ? Optional.empty()
                : Optional.of(other.levels().refusal(speech.level()));
    }

    /// Whether both are of one cluster.
    boolean isOfClusterOf(Greeting other) {
        return members.isPresent()
                && other.members.isPresent()
                && members.get().cluster().equals(other.members.get().cluster());
    }

    /// Whoever answers at the address of a member may be another one, that has come there with an
    /// empty disk.
    ///
    /// @throws ProtocolException when it is not the member
    void check(Greeting theirs, Member member) throws ProtocolException {
        if (!theirs.self().id().equals(member.id()) || !theirs.isOfClusterOf(this)) {
            throw new ProtocolException(
                    "is "
                            + theirs.self().id()
                            + ", and should be "
                            + member.id()
                            + " of the same cluster");
        }
    }

    /// The first frame of a connection, or the answer to it. Its header is the same at all levels.
    Frame frame(Frame.Kind kind) {
        byte[] bytes = toBytes();
        return new Frame(kind, 0, speech.toRequest(), bytes, bytes.length);
    }

    /// @throws ProtocolException when the frame is no greeting
    static Greeting of(Frame frame) throws ProtocolException {
        Greeting body = of(frame.payload(), frame.length());
        try {
            Speech said = Speech.of(frame.request());
            return body.speaking(said.levels(), said.level());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("no greeting: " + e);
        }
    }

    /// What this one, who has said HELLO, is answered with.
    ///
    /// @throws LevelException when one of both cannot be in the cluster of the other
    Greeting answered(Frame answer) throws IOException {
        if (answer.kind() == Frame.Kind.FAILED) {
            throw new LevelException(answer.text());
        }
        Greeting theirs = of(answer);
        Optional<String> refusal = theirs.refusal(this);
        if (refusal.isPresent()) {
            throw new LevelException(refusal.get());
        }
        return theirs;
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(shardCount);
        out.putInt(replicas);
        put(out, self);
        List<Member> all = members.map(Members::members).orElse(List.of());
        out.putInt(all.size());
        all.forEach(one -> put(out, one));
        members.ifPresent(
                formed ->
                        out.putLong(formed.cluster().getMostSignificantBits())
                                .putLong(formed.cluster().getLeastSignificantBits()));
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static void put(ByteBuffer out, Member member) {
        put(out, member.id());
        put(out, member.raft().toString());
        put(out, member.data().toString());
        put(out, member.zone());
    }

    private static void put(ByteBuffer out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) utf8.length).put(utf8);
    }

    /// @throws ProtocolException when the bytes are no greeting
    public static Greeting of(byte[] bytes, int length) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int shardCount = in.getInt();
            int replicas = in.getInt();
            Member self = member(in);
            int count = in.getInt();
            if (count < 0 || count > MEMBERS_MAX) {
                throw new ProtocolException("a cluster of " + count + " members");
            }
            var all = new ArrayList<Member>();
            for (int i = 0; i < count; i++) {
                all.add(member(in));
            }
            @Nullable Members members =
                    all.isEmpty()
                            ? null
                            : new Members(
                                    new UUID(in.getLong(), in.getLong()),
                                    shardCount,
                                    replicas,
                                    all);
            if (in.hasRemaining()) {
                throw new ProtocolException(in.remaining() + " bytes follow the members");
            }
            return new Greeting(self, shardCount, replicas, Optional.ofNullable(members));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no greeting: " + e);
        }
    }

    private static Member member(ByteBuffer in) {
        return new Member(text(in), Address.parse(text(in)), Address.parse(text(in)), text(in));
    }

    private static String text(ByteBuffer in) {
        byte[] utf8 = new byte[in.getShort() & 0xFFFF];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
