package io.tsdb.storage.codec.frame;

import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.pack.Residuals;

/// Reads what [FrameEncoder] wrote.
public final class FrameDecoder {
    private FrameDecoder() {}

    public static void decode(ByteSource source, int count, long[] target) {
        Residuals.read(source, count, target);
    }

    public static void decodeDecimals(
            ByteSource source, int count, double divisor, double[] target) {
        Residuals.readDecimals(source, count, divisor, target);
    }
}
