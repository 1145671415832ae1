package io.tsdb.storage.codec.decimal;

import io.tsdb.storage.codec.pack.BitPacking;
import io.tsdb.storage.codec.pack.ByteSink;

/// Turns doubles into integers of `10^-decimals`, so that `integer / 10^decimals` is the very same
/// double; what is none (NaN, infinities, -0.0, more decimals) becomes an exception.
///
/// A double that is the nearest to a decimal of few places is so for more places too, since the
/// division rounds correctly: the most places of a sample serve all its values.
///
/// One thread; kept and reused.
public final class DecimalEncoder {
    /// Result of [#scale] when too many values are no decimals.
    public static final int UNFIT = -1;

    private static final int SAMPLES = 16;
    private static final int MISFITS_LOOKED_AT = 8;

    private final int[] positions;
    private final long[] exceptions;
    private int exceptionCount;

    /// @param countMax most values of a column
    public DecimalEncoder(int countMax) {
        positions = new int[countMax];
        exceptions = new long[countMax];
    }

    /// Scales a column with as few places as serve it; exceptions repeat the integer before them.
    ///
    /// @param bits IEEE bits
    /// @param hint most places that the values were written with, negative when unknown
    /// @param scaled receives `count` integers
    /// @return the decimal places, or [#UNFIT]
    public int scale(long[] bits, int count, int hint, long[] scaled) {
        exceptionCount = 0;
        int decimals = decimalsOfSample(bits, count);
        if (decimals == UNFIT) {
            return UNFIT;
        }
        int misses = BitPacking.scale(bits, count, DecimalLayout.power(decimals), scaled);
        if (misses > 0) {
            int more = decimalsOfMisfits(bits, count, scaled, decimals);
            more = Math.max(more, Math.min(hint, DecimalLayout.DECIMALS_MAX));
            if (more > decimals) {
                int fewer = BitPacking.scale(bits, count, DecimalLayout.power(more), scaled);
                // a place costs log2(10) bits in every value
                int cost = (more - decimals) * count * 10 / 24;
                if (cost < (misses - fewer) * DecimalLayout.EXCEPTION_BYTES) {
                    decimals = more;
                    misses = fewer;
                } else {
                    BitPacking.scale(bits, count, DecimalLayout.power(decimals), scaled);
                }
            }
            if (misses > count / 2) {
                return UNFIT;
            }
            takeOutExceptions(bits, count, DecimalLayout.power(decimals), scaled);
        }
        return decimals;
    }

    /// Bytes of the head that [#encode] writes.
    public int sizeBytes() {
        return exceptionCount == 0
                ? 1
                : 1 + Short.BYTES + exceptionCount * DecimalLayout.EXCEPTION_BYTES;
    }

    /// Appends decimals and exceptions of the last [#scale]; a column of integers follows.
    public void encode(int decimals, ByteSink sink) {
        if (exceptionCount == 0) {
            sink.putByte(decimals);
            return;
        }
        sink.putByte(decimals | DecimalLayout.EXCEPTIONS);
        sink.putShort(exceptionCount);
        for (int i = 0; i < exceptionCount; i++) {
            sink.putShort(positions[i]);
        }
        for (int i = 0; i < exceptionCount; i++) {
            sink.putLong(exceptions[i]);
        }
    }

    private static int decimalsOfSample(long[] bits, int count) {
        int samples = Math.min(count, SAMPLES);
        int decimals = 0;
        int unfit = 0;
        for (int i = 0; i < samples; i++) {
            int needed = decimalsOf(bits[i * count / samples], decimals);
            if (needed == UNFIT) {
                unfit++;
            } else {
                decimals = needed;
            }
        }
        return 2 * unfit > samples ? UNFIT : decimals;
    }

    private static int decimalsOfMisfits(long[] bits, int count, long[] scaled, int decimals) {
        double power = DecimalLayout.power(decimals);
        int most = decimals;
        int seen = 0;
        for (int i = 0; i < count && seen < MISFITS_LOOKED_AT; i++) {
            if (!isExact(bits[i], scaled[i], power)) {
                most = Math.max(most, decimalsOf(bits[i], most));
                seen++;
            }
        }
        return most;
    }

    /// Fewest places, from `least` on, that give the double back.
    private static int decimalsOf(long bits, int least) {
        double value = Double.longBitsToDouble(bits);
        for (int decimals = least; decimals <= DecimalLayout.DECIMALS_MAX; decimals++) {
            double power = DecimalLayout.power(decimals);
            double scaled = Math.rint(value * power);
            if (Math.abs(scaled) > BitPacking.SCALED_MAX) {
                return UNFIT;
            }
            if (Double.doubleToRawLongBits(scaled / power) == bits) {
                return scaled == 0 && bits != 0 ? UNFIT : decimals;
            }
        }
        return UNFIT;
    }

    private void takeOutExceptions(long[] bits, int count, double power, long[] scaled) {
        long previous = 0;
        for (int i = 0; i < count; i++) {
            if (isExact(bits[i], scaled[i], power)) {
                previous = scaled[i];
            } else {
                positions[exceptionCount] = i;
                exceptions[exceptionCount++] = bits[i];
                scaled[i] = previous;
            }
        }
        int firstExact = 0;
        while (firstExact < exceptionCount && positions[firstExact] == firstExact) {
            firstExact++;
        }
        if (firstExact < count) {
            java.util.Arrays.fill(scaled, 0, firstExact, scaled[firstExact]);
        }
    }

    private static boolean isExact(long bits, long scaled, double power) {
        return scaled <= BitPacking.SCALED_MAX
                && scaled >= -BitPacking.SCALED_MAX
                && Double.doubleToRawLongBits(scaled / power) == bits;
    }
}
