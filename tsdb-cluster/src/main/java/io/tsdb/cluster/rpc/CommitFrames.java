package io.tsdb.cluster.rpc;

import io.tsdb.storage.io.LittleEndian;

import java.io.UncheckedIOException;
import java.net.ProtocolException;

/// Which logs are asked for, and up to where they are committed; see
/// `docs/protocol/data-port.md#committed`.
final class CommitFrames {
    /// As many as there are numbers of logs.
    private static final int LOGS_MAX = 1 << 16;

    private CommitFrames() {}

    static byte[] request(int[] logs) {
        byte[] bytes = new byte[Short.BYTES * logs.length];
        for (int i = 0; i < logs.length; i++) {
            LittleEndian.putShort(bytes, Short.BYTES * i, logs[i]);
        }
        return bytes;
    }

    /// @throws ProtocolException when the frame names none, more than there can be, or half a log
    static int[] logs(Frame frame) throws ProtocolException {
        int count = frame.length() / Short.BYTES;
        if (frame.length() % Short.BYTES != 0 || count == 0 || count > LOGS_MAX) {
            throw new ProtocolException("logs in " + frame.length() + " bytes");
        }
        int[] logs = new int[count];
        for (int i = 0; i < count; i++) {
            logs[i] = LittleEndian.getShort(frame.payload(), Short.BYTES * i);
        }
        return logs;
    }

    static Frame answer(long request, long[] indexes) {
        byte[] bytes = new byte[Long.BYTES * indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            LittleEndian.putLong(bytes, Long.BYTES * i, indexes[i]);
        }
        return new Frame(Frame.Kind.INDEXES, 0, request, bytes, bytes.length);
    }

    /// @param count of logs that were asked for
    static long[] indexes(byte[] answer, int count) {
        if (answer.length != Long.BYTES * count) {
            throw new UncheckedIOException(
                    new ProtocolException(answer.length + " bytes answer for " + count + " logs"));
        }
        long[] indexes = new long[count];
        for (int i = 0; i < count; i++) {
            indexes[i] = LittleEndian.getLong(answer, Long.BYTES * i);
        }
        return indexes;
    }
}
