package io.tsdb.storage.codec.pack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Plain loops, two lanes in a 64-bit word at a time: what runs where the vector module is absent.
///
/// Shifts of such a word carry bits from one lane into the other; they are masked away before or
/// after. Measured by `BlockDecodeBenchmark`.
public final class ScalarLaneKernel implements LaneKernel {
    private static final long ROUNDING_BITS = Double.doubleToRawLongBits(ROUNDING);
    private static final int PAIR_BYTES = 2 * LaneLayout.WORD_BYTES;
    private static final VarHandle PAIR =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_WORD = 0xFFFF_FFFFL;

    /// The low `width` bits of both lanes of a pair.
    private static long pairMask(int width) {
        long mask = (1L << width) - 1;
        return mask | mask << 32;
    }

    private static long pair(long[] residuals, int at) {
        return residuals[at] | residuals[at + 1] << 32;
    }

    @Override
    public void pack(long[] residuals, int count, int width, byte[] target, int at) {
        long words0 = 0;
        long words1 = 0;
        long words2 = 0;
        long words3 = 0;
        int filled = 0;
        int to = at;
        for (int row = 0; row < count; row += LaneLayout.LANES) {
            long pair0 = pair(residuals, row);
            long pair1 = pair(residuals, row + 2);
            long pair2 = pair(residuals, row + 4);
            long pair3 = pair(residuals, row + 6);
            long fits = pairMask(32 - filled);
            words0 |= (pair0 & fits) << filled;
            words1 |= (pair1 & fits) << filled;
            words2 |= (pair2 & fits) << filled;
            words3 |= (pair3 & fits) << filled;
            filled += width;
            if (filled >= 32) {
                putWords(target, to, words0, words1, words2, words3);
                to += LaneLayout.WORDS_BYTES;
                filled -= 32;
                int used = width - filled;
                long rest = pairMask(filled);
                words0 = pair0 >>> used & rest;
                words1 = pair1 >>> used & rest;
                words2 = pair2 >>> used & rest;
                words3 = pair3 >>> used & rest;
            }
        }
        if (filled > 0) {
            putWords(target, to, words0, words1, words2, words3);
        }
    }

    private static void putWords(
            byte[] target, int to, long words0, long words1, long words2, long words3) {
        PAIR.set(target, to, words0);
        PAIR.set(target, to + PAIR_BYTES, words1);
        PAIR.set(target, to + 2 * PAIR_BYTES, words2);
        PAIR.set(target, to + 3 * PAIR_BYTES, words3);
    }

    /// A pair of a row that begins at bit `shift` of its words.
    ///
    /// @param here mask of the bits that are in the first word
    /// @param next mask of those in the word that follows; 0 when it is not to be read
    private static long residuals(byte[] source, int from, int shift, long here, long next) {
        long pair = (long) PAIR.get(source, from) >>> shift & here;
        return next == 0
                ? pair
                : pair
                        | ((long) PAIR.get(source, from + LaneLayout.WORDS_BYTES) & next)
                                << (32 - shift);
    }

    private static long hereMask(int shift, int width) {
        return pairMask(Math.min(width, 32 - shift));
    }

    private static long nextMask(int shift, int width) {
        return pairMask(Math.max(0, shift + width - 32));
    }

    @Override
    public void unpack(byte[] source, int at, int count, int width, long base, long[] target) {
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int row = 0; row < full; row += LaneLayout.LANES) {
            int word = at + (bit >>> 5) * LaneLayout.WORDS_BYTES;
            int shift = bit & 31;
            long here = hereMask(shift, width);
            long next = nextMask(shift, width);
            for (int lane = 0; lane < LaneLayout.LANES; lane += 2) {
                int from = word + lane * LaneLayout.WORD_BYTES;
                long pair = residuals(source, from, shift, here, next);
                target[row + lane] = base + (pair & LOW_WORD);
                target[row + lane + 1] = base + (pair >>> 32);
            }
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = base + LaneLayout.value(source, at, i, width);
        }
    }

    @Override
    public void unpackBits(byte[] source, int at, int count, int width, double[] target) {
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int row = 0; row < full; row += LaneLayout.LANES) {
            int word = at + (bit >>> 5) * LaneLayout.WORDS_BYTES;
            int shift = bit & 31;
            long here = hereMask(shift, width);
            long next = nextMask(shift, width);
            for (int lane = 0; lane < LaneLayout.LANES; lane += 2) {
                int from = word + lane * LaneLayout.WORD_BYTES;
                long pair = residuals(source, from, shift, here, next);
                target[row + lane] = Double.longBitsToDouble(pair & LOW_WORD);
                target[row + lane + 1] = Double.longBitsToDouble(pair >>> 32);
            }
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = Double.longBitsToDouble(LaneLayout.value(source, at, i, width));
        }
    }

    /// Divides in a loop of its own, which the JVM turns into vectors by itself.
    @Override
    public void unpackDecimals(
            byte[] source,
            int at,
            int count,
            int width,
            double base,
            double divisor,
            double[] target) {
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int row = 0; row < full; row += LaneLayout.LANES) {
            int word = at + (bit >>> 5) * LaneLayout.WORDS_BYTES;
            int shift = bit & 31;
            long here = hereMask(shift, width);
            long next = nextMask(shift, width);
            for (int lane = 0; lane < LaneLayout.LANES; lane += 2) {
                int from = word + lane * LaneLayout.WORD_BYTES;
                long pair = residuals(source, from, shift, here, next);
                target[row + lane] = base + (int) pair;
                target[row + lane + 1] = base + (int) (pair >>> 32);
            }
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = base + LaneLayout.value(source, at, i, width);
        }
        divide(target, count, divisor);
    }

    private static void divide(double[] values, int count, double divisor) {
        for (int i = 0; i < count; i++) {
            values[i] /= divisor;
        }
    }

    @Override
    public void bitsToDecimals(double[] values, int count, long base, double divisor) {
        // long to double by an addition: a conversion costs more
        long shifted = base + ROUNDING_BITS;
        for (int i = 0; i < count; i++) {
            values[i] =
                    Double.longBitsToDouble(Double.doubleToRawLongBits(values[i]) + shifted)
                            - ROUNDING;
        }
        divide(values, count, divisor);
    }

    @Override
    public int scale(long[] bits, int count, double factor, long[] scaled) {
        int misses = 0;
        for (int i = 0; i < count; i++) {
            long integer = scaledOf(bits[i], factor);
            scaled[i] = integer;
            misses += isExact(bits[i], integer, factor) ? 0 : 1;
        }
        return misses;
    }

    /// The integer nearest to a double times a factor; undefined from 2^51 on.
    static long scaledOf(long bits, double factor) {
        double rounded = Double.longBitsToDouble(bits) * factor + ROUNDING;
        return Double.doubleToRawLongBits(rounded) - ROUNDING_BITS;
    }

    static boolean isExact(long bits, long scaled, double factor) {
        return scaled <= SCALED_MAX
                && scaled >= -SCALED_MAX
                && Double.doubleToRawLongBits(scaled / factor) == bits;
    }
}
