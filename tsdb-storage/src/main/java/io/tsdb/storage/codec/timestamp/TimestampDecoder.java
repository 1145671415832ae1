package io.tsdb.storage.codec.timestamp;

import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.pack.Residuals;

/// Reads what [TimestampEncoder] wrote.
public final class TimestampDecoder {
    private static final long[] UNITS = {1L, 1_000L, 1_000_000L, 1_000_000_000L};

    private TimestampDecoder() {}

    /// @param target receives nanoseconds since the epoch
    public static void decode(ByteSource source, int count, long[] target) {
        int exponent = source.readByte();
        if (exponent >= UNITS.length) {
            throw source.corrupt("time unit " + exponent);
        }
        long unit = UNITS[exponent];
        long time = source.readSized();
        Residuals.read(source, count, target);
        for (int i = 0; i < count; i++) {
            time += target[i] * unit;
            target[i] = time;
        }
    }
}
