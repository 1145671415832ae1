package io.tsdb.storage.codec.raw;

import io.tsdb.storage.codec.pack.ByteSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads what [RawEncoder] wrote.
public final class RawDecoder {
    private RawDecoder() {}

    public static void decode(ByteSource source, int count, long[] target) {
        take(source, count).asLongBuffer().get(target, 0, count);
    }

    public static void decodeBits(ByteSource source, int count, double[] target) {
        take(source, count).asDoubleBuffer().get(target, 0, count);
    }

    public static void decodeDecimals(
            ByteSource source, int count, double divisor, double[] target) {
        var integers = take(source, count).asLongBuffer();
        for (int i = 0; i < count; i++) {
            target[i] = integers.get(i) / divisor;
        }
    }

    private static ByteBuffer take(ByteSource source, int count) {
        int bytes = Long.BYTES * count;
        int at = source.take(bytes);
        return ByteBuffer.wrap(source.bytes(), at, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
