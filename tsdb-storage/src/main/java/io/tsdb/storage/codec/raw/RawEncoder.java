package io.tsdb.storage.codec.raw;

import io.tsdb.storage.codec.pack.ByteSink;

/// Writes values as they are.
public final class RawEncoder {
    private RawEncoder() {}

    public static int sizeBytes(int count) {
        return Long.BYTES * count;
    }

    public static void encode(long[] values, int count, ByteSink sink) {
        for (int i = 0; i < count; i++) {
            sink.putLong(values[i]);
        }
    }
}
