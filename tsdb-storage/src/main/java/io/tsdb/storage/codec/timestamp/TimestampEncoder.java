package io.tsdb.storage.codec.timestamp;

import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ResidualPlan;
import io.tsdb.storage.codec.pack.Residuals;

/// Writes times as differences to the time before, counted in a unit of 1 ns, 1 us, 1 ms or 1 s.
///
/// Devices send times in whole milliseconds or seconds: counting in those saves 20 or 30 bits a
/// time. Plain differences beat differences of differences as soon as the step jitters, and a
/// regular step costs nothing either way.
public final class TimestampEncoder {
    /// Units are `1000^exponent` nanoseconds.
    private static final int EXPONENT_MAX = 3;

    /// Multiplicative inverse of 125 modulo 2^64, which makes exact division a multiplication.
    private static final long INVERSE_125 = 0x1CAC083126E978D5L;

    private TimestampEncoder() {}

    /// Divides differences by the coarsest unit that divides them all.
    ///
    /// @param deltas nanoseconds; receives the differences in the unit
    /// @return the unit's exponent
    public static int countInUnits(long[] deltas, int count) {
        int exponent = 0;
        while (exponent < EXPONENT_MAX && divisibleByThousand(deltas, count)) {
            for (int i = 0; i < count; i++) {
                deltas[i] = (deltas[i] >> 3) * INVERSE_125;
            }
            exponent++;
        }
        return exponent;
    }

    private static boolean divisibleByThousand(long[] values, int count) {
        if (values[0] % 1000 != 0 || values[count - 1] % 1000 != 0) {
            return false;
        }
        // a multiple of 125 times the inverse is the quotient; everything else lands outside
        long limit = Long.MAX_VALUE / 1000;
        long outside = 0;
        for (int i = 0; i < count; i++) {
            long quotient = (values[i] >> 3) * INVERSE_125;
            outside |= -(values[i] & 7) | (quotient + limit) | (limit - quotient);
        }
        return outside >= 0;
    }

    /// @param start the first time less the first difference
    /// @param plan of the differences in the unit
    public static int sizeBytes(long start, ResidualPlan plan) {
        return 2 + ByteSink.signedBytes(start) + plan.sizeBytes();
    }

    /// @param deltas differences in the unit, `count` of them
    /// @param scratch at least `count` rounded up to a multiple of 8
    public static void encode(
            int exponent,
            long start,
            long[] deltas,
            int count,
            ResidualPlan plan,
            long[] scratch,
            ByteSink sink) {
        sink.putByte(exponent);
        sink.putSized(start);
        Residuals.write(deltas, count, plan, scratch, sink);
    }
}
