package io.tsdb.storage.codec.constant;

import io.tsdb.storage.codec.pack.ByteSource;

import java.util.Arrays;

/// Reads what [ConstantEncoder] wrote.
public final class ConstantDecoder {
    private ConstantDecoder() {}

    public static void decode(ByteSource source, int count, long[] target) {
        Arrays.fill(target, 0, count, source.readSized());
    }

    public static void decodeBits(ByteSource source, int count, double[] target) {
        Arrays.fill(target, 0, count, Double.longBitsToDouble(source.readSized()));
    }

    public static void decodeDecimals(
            ByteSource source, int count, double divisor, double[] target) {
        Arrays.fill(target, 0, count, source.readSized() / divisor);
    }
}
