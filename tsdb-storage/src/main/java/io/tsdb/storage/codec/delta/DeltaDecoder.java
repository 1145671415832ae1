package io.tsdb.storage.codec.delta;

import io.tsdb.storage.codec.pack.BitPacking;
import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.pack.Residuals;

/// Reads what [DeltaEncoder] wrote.
///
/// Two passes: unpack, then sum up in plain code at an addition a cycle. Summing within vectors was
/// measured at 1.5 times the speed, but patches have to be in place before (`encodings.md#delta`).
public final class DeltaDecoder {
    private DeltaDecoder() {}

    public static void decode(ByteSource source, int count, long[] target) {
        long value = source.readSized();
        Residuals.read(source, count, target);
        for (int i = 0; i < count; i++) {
            value += target[i];
            target[i] = value;
        }
    }

    public static void decodeDecimals(
            ByteSource source, int count, double divisor, double[] target) {
        long value = source.readSized();
        long base = Residuals.readBits(source, count, target);
        for (int i = 0; i < count; i++) {
            value += Double.doubleToRawLongBits(target[i]) + base;
            target[i] = Double.longBitsToDouble(value);
        }
        BitPacking.bitsToDecimals(target, count, 0, divisor);
    }
}
