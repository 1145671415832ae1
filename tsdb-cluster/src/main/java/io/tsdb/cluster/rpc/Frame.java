package io.tsdb.cluster.rpc;

import io.tsdb.cluster.raft.AppendOutcome;
import io.tsdb.storage.io.LittleEndian;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// One message of the data port.
///
/// @param log number of the log; 0 where none is meant
/// @param request number that an answer repeats
/// @param payload `payload[0, length)`
record Frame(Kind kind, int log, long request, byte[] payload, int length) {
    static final byte[] NOTHING = {};

    /// What a frame says. Its number is permanent.
    enum Kind {
        HELLO(1),
        WELCOME(2),
        APPEND(3),
        DONE(4),
        FAILED(5),
        RUN(16),
        BEGUN(17),
        BATCH(18),
        ENDED(19),
        REFUSED(20),
        CREDIT(21),
        CANCEL(22),
        PING(23),
        PONG(24),
        ASK(32),
        ANSWER(33),
        LIST(40),
        LISTED(41),
        READ(42),
        PIECE(43),
        DELETE(48),
        DELETED(49),
        COMMITTED(56),
        INDEXES(57);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        private static Kind of(int number) throws ProtocolException {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new ProtocolException("a frame of kind " + number);
        }
    }

    static Frame of(Kind kind, byte[] payload) {
        return new Frame(kind, 0, 0, payload, payload.length);
    }

    static Frame done(long request, AppendOutcome outcome) {
        return new Frame(Kind.DONE, 0, request, new byte[] {(byte) outcome.number()}, 1);
    }

    /// What [Kind#DONE] says.
    AppendOutcome outcome() throws ProtocolException {
        if (length != 1) {
            throw new ProtocolException("an outcome of " + length + " bytes");
        }
        return AppendOutcome.of(payload[0]);
    }

    static Frame answer(long request, byte[] answer) {
        return new Frame(Kind.ANSWER, 0, request, answer, answer.length);
    }

    static Frame failed(long request, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return new Frame(Kind.FAILED, 0, request, text, text.length);
    }

    String text() {
        return new String(payload, 0, length, StandardCharsets.UTF_8);
    }

    void write(OutputStream out) throws IOException {
        byte[] header = new byte[FrameLayout.HEADER_BYTES];
        LittleEndian.putInt(header, FrameLayout.LENGTH_OFFSET, length);
        header[FrameLayout.KIND_OFFSET] = (byte) kind.number;
        header[FrameLayout.VERSION_OFFSET] = FrameLayout.VERSION;
        LittleEndian.putShort(header, FrameLayout.LOG_OFFSET, log);
        LittleEndian.putLong(header, FrameLayout.REQUEST_OFFSET, request);
        LittleEndian.putInt(header, FrameLayout.CRC_OFFSET, checksum(header, payload, length));
        out.write(header);
        out.write(payload, 0, length);
    }

    /// @param lengthMax of a payload that is taken
    /// @throws EOFException when the other side has closed
    /// @throws ProtocolException when the bytes are no frame
    static Frame read(DataInputStream in, int lengthMax) throws IOException {
        byte[] header = new byte[FrameLayout.HEADER_BYTES];
        in.readFully(header);
        int length = LittleEndian.getInt(header, FrameLayout.LENGTH_OFFSET);
        int version = header[FrameLayout.VERSION_OFFSET];
        if (version != FrameLayout.VERSION) {
            throw new ProtocolException(
                    "speaks version " + version + ", this program " + FrameLayout.VERSION);
        }
        if (length < 0 || length > lengthMax) {
            throw new ProtocolException("a frame of " + length + " bytes, above " + lengthMax);
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        int stored = LittleEndian.getInt(header, FrameLayout.CRC_OFFSET);
        int computed = checksum(header, payload, length);
        if (stored != computed) {
            throw new ProtocolException(
                    "a frame whose checksum is %08x, and should be %08x"
                            .formatted(stored, computed));
        }
        return new Frame(
                Kind.of(header[FrameLayout.KIND_OFFSET]),
                LittleEndian.getShort(header, FrameLayout.LOG_OFFSET),
                LittleEndian.getLong(header, FrameLayout.REQUEST_OFFSET),
                payload,
                length);
    }

    private static int checksum(byte[] header, byte[] payload, int length) {
        var crc = new CRC32C();
        int from = FrameLayout.KIND_OFFSET;
        crc.update(header, from, FrameLayout.HEADER_BYTES - from);
        crc.update(payload, 0, length);
        return (int) crc.getValue();
    }
}
