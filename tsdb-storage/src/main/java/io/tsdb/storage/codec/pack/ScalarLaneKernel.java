package io.tsdb.storage.codec.pack;

/// Plain loops: the reference, and what runs where the vector module is absent.
public final class ScalarLaneKernel implements LaneKernel {
    private static final long ROUNDING_BITS = Double.doubleToRawLongBits(ROUNDING);

    @Override
    public void pack(long[] residuals, int count, int width, byte[] target, int at) {
        int bit = 0;
        for (int row = 0; row < count; row += LaneLayout.LANES) {
            int word = at + (bit >>> 5) * LaneLayout.WORDS_BYTES;
            int shift = bit & 31;
            for (int lane = 0; lane < LaneLayout.LANES; lane++) {
                int value = (int) residuals[row + lane];
                or(target, word + lane * LaneLayout.WORD_BYTES, value << shift);
                if (shift + width > 32) {
                    int next = word + LaneLayout.WORDS_BYTES + lane * LaneLayout.WORD_BYTES;
                    or(target, next, value >>> (32 - shift));
                }
            }
            bit += width;
        }
    }

    private static void or(byte[] target, int at, int bits) {
        LaneLayout.INT.set(target, at, (int) LaneLayout.INT.get(target, at) | bits);
    }

    /// @param word offset of the row's first word of lane 0
    private static int value(byte[] source, int word, int lane, int shift, int width) {
        int from = word + lane * LaneLayout.WORD_BYTES;
        int value = (int) LaneLayout.INT.get(source, from) >>> shift;
        if (shift + width > 32) {
            value |=
                    (int) LaneLayout.INT.get(source, from + LaneLayout.WORDS_BYTES) << (32 - shift);
        }
        return value & LaneLayout.mask(width);
    }

    @Override
    public void unpack(byte[] source, int at, int count, int width, long base, long[] target) {
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int row = 0; row < full; row += LaneLayout.LANES) {
            int word = at + (bit >>> 5) * LaneLayout.WORDS_BYTES;
            for (int lane = 0; lane < LaneLayout.LANES; lane++) {
                target[row + lane] = base + value(source, word, lane, bit & 31, width);
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
            for (int lane = 0; lane < LaneLayout.LANES; lane++) {
                target[row + lane] =
                        Double.longBitsToDouble(value(source, word, lane, bit & 31, width));
            }
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = Double.longBitsToDouble(LaneLayout.value(source, at, i, width));
        }
    }

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
            for (int lane = 0; lane < LaneLayout.LANES; lane++) {
                target[row + lane] = (base + value(source, word, lane, bit & 31, width)) / divisor;
            }
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = (base + LaneLayout.value(source, at, i, width)) / divisor;
        }
    }

    @Override
    public void bitsToDecimals(double[] values, int count, long base, double divisor) {
        for (int i = 0; i < count; i++) {
            values[i] = (base + Double.doubleToRawLongBits(values[i])) / divisor;
        }
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
