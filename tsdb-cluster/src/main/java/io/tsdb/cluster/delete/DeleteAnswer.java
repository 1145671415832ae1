package io.tsdb.cluster.delete;

import io.tsdb.cluster.read.ShardRefusal;
import io.tsdb.storage.io.LittleEndian;

import java.util.Arrays;

/// What became of a delete at another member's shard. Bytes: `docs/protocol/data-port.md#deleted`.
sealed interface DeleteAnswer {
    /// @param count rows that are gone
    record Deleted(long count) implements DeleteAnswer {}

    /// All of them or some may not be gone.
    record Refused(ShardRefusal why) implements DeleteAnswer {}

    private static byte[] tagged(int tag, byte[] rest) {
        byte[] bytes = new byte[1 + rest.length];
        bytes[0] = (byte) tag;
        System.arraycopy(rest, 0, bytes, 1, rest.length);
        return bytes;
    }

    default byte[] toBytes() {
        return switch (this) {
            case Deleted(long count) -> {
                byte[] number = new byte[Long.BYTES];
                LittleEndian.putLong(number, 0, count);
                yield tagged(0, number);
            }
            case Refused(ShardRefusal why) -> tagged(1, why.toBytes());
        };
    }

    /// @throws IllegalArgumentException when the bytes are no answer
    static DeleteAnswer of(byte[] bytes) {
        if (bytes.length == 1 + Long.BYTES && bytes[0] == 0) {
            return new Deleted(LittleEndian.getLong(bytes, 1));
        }
        if (bytes.length > 1 && bytes[0] == 1) {
            return new Refused(ShardRefusal.read(Arrays.copyOfRange(bytes, 1, bytes.length)));
        }
        throw new IllegalArgumentException("an answer of " + bytes.length + " bytes");
    }
}
