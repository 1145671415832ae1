package io.tsdb.storage.codec.runlength;

import io.tsdb.storage.codec.pack.ByteSink;

/// Writes runs of equal values: their ends, then their values.
public final class RunLengthEncoder {
    private RunLengthEncoder() {}

    /// @param runs number of runs, the changes plus one
    /// @param valueBytes bytes that hold each value, [ByteSink#signedBytes]
    public static int sizeBytes(int runs, int valueBytes) {
        return Short.BYTES + 1 + (runs - 1) * Short.BYTES + runs * valueBytes;
    }

    public static void encode(long[] values, int count, int runs, int valueBytes, ByteSink sink) {
        sink.putShort(runs);
        sink.putByte(valueBytes);
        for (int i = 1; i < count; i++) {
            if (values[i] != values[i - 1]) {
                sink.putShort(i);
            }
        }
        for (int i = 0; i < count; i++) {
            if (i == 0 || values[i] != values[i - 1]) {
                sink.putSigned(values[i], valueBytes);
            }
        }
    }
}
