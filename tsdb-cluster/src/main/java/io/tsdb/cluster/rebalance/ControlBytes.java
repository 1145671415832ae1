package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Program;

import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Requests about members and replicas, and their answers, as bytes:
/// `docs/protocol/data-port.md#control`.
final class ControlBytes {
    static final byte JOIN = 1;
    static final byte CATALOG = 2;
    static final byte OPEN = 3;
    static final byte READ = 4;
    static final byte CLOSE = 5;
    static final byte IS_MEMBER = 6;

    private static final int REQUEST_BYTES_MAX = 1 << 10;
    private static final int FILES_MAX = 1 << 22;

    /// What lies ready to be copied.
    ///
    /// @param copy number of it at its source
    /// @param snapshot of the log, as `raft` knows it
    record Opened(long copy, byte[] snapshot, List<File> files) {}

    record File(String name, long sizeBytes) {}

    /// The catalog of a cluster: the file `store`, and up to where its log is in it.
    record Catalog(byte[] snapshot, byte[] store) {}

    /// A piece of a file.
    record Read(long copy, int file, long offset, int length) {}

    private ControlBytes() {}

    static byte[] join(Member member, Program program) {
        ByteBuffer out = buffer(REQUEST_BYTES_MAX).put(JOIN);
        put(out, member.id());
        put(out, member.raft().toString());
        put(out, member.data().toString());
        put(out, member.zone());
        out.put((byte) program.levels().oldest()).put((byte) program.levels().newest());
        put(out, program.version());
        return done(out);
    }

    static byte[] catalog() {
        return new byte[] {CATALOG};
    }

    static byte[] open(int shard) {
        return done(buffer(REQUEST_BYTES_MAX).put(OPEN).putInt(shard));
    }

    static byte[] read(Read read) {
        return done(
                buffer(REQUEST_BYTES_MAX)
                        .put(READ)
                        .putLong(read.copy())
                        .putInt(read.file())
                        .putLong(read.offset())
                        .putInt(read.length()));
    }

    static byte[] close(long copy) {
        return done(buffer(REQUEST_BYTES_MAX).put(CLOSE).putLong(copy));
    }

    static byte[] isMember(String id) {
        ByteBuffer out = buffer(REQUEST_BYTES_MAX).put(IS_MEMBER);
        put(out, id);
        return done(out);
    }

    /// @throws ProtocolException when the bytes are none
    static String id(ByteBuffer in) throws ProtocolException {
        try {
            return text(in);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no id: " + e);
        }
    }

    static byte[] answer(boolean isMember) {
        return new byte[] {(byte) (isMember ? 1 : 0)};
    }

    /// @throws ProtocolException when the bytes are no answer
    static boolean isMember(byte[] answer) throws ProtocolException {
        if (answer.length != 1 || answer[0] < 0 || answer[0] > 1) {
            throw new ProtocolException("no answer of " + answer.length + " bytes");
        }
        return answer[0] == 1;
    }

    /// @throws ProtocolException when the bytes are none
    static Member member(ByteBuffer in) throws ProtocolException {
        try {
            return new Member(text(in), Address.parse(text(in)), Address.parse(text(in)), text(in));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no member: " + e);
        }
    }

    /// What follows the member who joins; a program from before there were levels ends there.
    ///
    /// @throws ProtocolException when the bytes are none
    static Program program(ByteBuffer in) throws ProtocolException {
        if (!in.hasRemaining()) {
            return Program.UNSAID;
        }
        try {
            var levels = new Levels(in.get() & 0xFF, in.get() & 0xFF);
            return new Program(text(in), levels);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no program: " + e);
        }
    }

    static Read readOf(ByteBuffer in) throws ProtocolException {
        try {
            return new Read(in.getLong(), in.getInt(), in.getLong(), in.getInt());
        } catch (BufferUnderflowException e) {
            throw new ProtocolException("no piece of a file: " + e);
        }
    }

    static byte[] opened(Opened opened) {
        int size = 2 * Long.BYTES + opened.snapshot().length;
        for (File file : opened.files()) {
            size += Short.BYTES + utf8(file.name()).length + Long.BYTES;
        }
        ByteBuffer out = buffer(size).putLong(opened.copy());
        putBytes(out, opened.snapshot());
        out.putInt(opened.files().size());
        for (File file : opened.files()) {
            put(out, file.name());
            out.putLong(file.sizeBytes());
        }
        return done(out);
    }

    static Opened openedOf(byte[] bytes) throws ProtocolException {
        ByteBuffer in = wrap(bytes);
        try {
            long copy = in.getLong();
            byte[] snapshot = bytes(in);
            int count = in.getInt();
            if (count < 0 || count > FILES_MAX) {
                throw new ProtocolException("a copy of " + count + " files");
            }
            var files = new ArrayList<File>();
            for (int i = 0; i < count; i++) {
                files.add(new File(text(in), in.getLong()));
            }
            return new Opened(copy, snapshot, files);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no copy: " + e);
        }
    }

    static byte[] catalogOf(Catalog catalog) {
        ByteBuffer out =
                buffer(2 * Integer.BYTES + catalog.snapshot().length + catalog.store().length);
        putBytes(out, catalog.snapshot());
        putBytes(out, catalog.store());
        return done(out);
    }

    static Catalog catalogOf(byte[] bytes) throws ProtocolException {
        ByteBuffer in = wrap(bytes);
        try {
            return new Catalog(bytes(in), bytes(in));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no catalog: " + e);
        }
    }

    static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] done(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static void putBytes(ByteBuffer out, byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void put(ByteBuffer out, String text) {
        byte[] utf8 = utf8(text);
        out.putShort((short) utf8.length).put(utf8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer in) {
        byte[] utf8 = new byte[in.getShort() & 0xFFFF];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
