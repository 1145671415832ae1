package io.tsdb.storage.codec.pack;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// 256-bit vectors: one load, shift and mask for a row of eight values.
///
/// Measured by `BlockDecodeBenchmark`: 2 to 4 times [ScalarLaneKernel]. Rows that are not full are
/// left to plain code.
public final class VectorLaneKernel implements LaneKernel {
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_256;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_256;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
    private static final int HALF = LaneLayout.LANES / 2;
    private static final long ROUNDING_BITS = Double.doubleToRawLongBits(ROUNDING);

    /// Low words of four longs into the lower and into the upper half of a vector of ints.
    private static final VectorShuffle<Integer> TO_LOWER =
            VectorShuffle.fromValues(INTS, 0, 2, 4, 6, 0, 2, 4, 6);

    private static final VectorMask<Integer> UPPER = VectorMask.fromLong(INTS, 0xF0);

    @Override
    public void pack(long[] residuals, int count, int width, byte[] target, int at) {
        IntVector words = IntVector.zero(INTS);
        int filled = 0;
        int to = at;
        for (int row = 0; row < count; row += LaneLayout.LANES) {
            IntVector low = LongVector.fromArray(LONGS, residuals, row).reinterpretAsInts();
            IntVector high = LongVector.fromArray(LONGS, residuals, row + HALF).reinterpretAsInts();
            IntVector values = low.rearrange(TO_LOWER).blend(high.rearrange(TO_LOWER), UPPER);
            words = words.or(values.lanewise(VectorOperators.LSHL, filled));
            filled += width;
            if (filled >= 32) {
                words.reinterpretAsBytes().intoArray(target, to);
                to += LaneLayout.WORDS_BYTES;
                filled -= 32;
                // a shift by 32 would be one by 0
                words =
                        filled == 0
                                ? IntVector.zero(INTS)
                                : values.lanewise(VectorOperators.LSHR, width - filled);
            }
        }
        if (filled > 0) {
            words.reinterpretAsBytes().intoArray(target, to);
        }
    }

    /// Eight residuals whose lowest bits are at `bit` of their lanes.
    private static IntVector row(byte[] source, int at, int bit, int width, int mask) {
        int word = at + (bit >>> 5) * LaneLayout.WORDS_BYTES;
        int shift = bit & 31;
        IntVector row =
                ByteVector.fromArray(BYTES, source, word)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, shift);
        if (shift + width > 32) {
            row =
                    row.or(
                            ByteVector.fromArray(BYTES, source, word + LaneLayout.WORDS_BYTES)
                                    .reinterpretAsInts()
                                    .lanewise(VectorOperators.LSHL, 32 - shift));
        }
        return row.and(mask);
    }

    private static LongVector longs(IntVector row, int half) {
        return (LongVector) row.convertShape(VectorOperators.I2L, LONGS, half);
    }

    private static DoubleVector doubles(IntVector row, int half) {
        return (DoubleVector) row.convertShape(VectorOperators.I2D, DOUBLES, half);
    }

    @Override
    public void unpack(byte[] source, int at, int count, int width, long base, long[] target) {
        int mask = LaneLayout.mask(width);
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int i = 0; i < full; i += LaneLayout.LANES) {
            IntVector row = row(source, at, bit, width, mask);
            longs(row, 0).add(base).intoArray(target, i);
            longs(row, 1).add(base).intoArray(target, i + HALF);
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = base + LaneLayout.value(source, at, i, width);
        }
    }

    @Override
    public void unpackBits(byte[] source, int at, int count, int width, double[] target) {
        int mask = LaneLayout.mask(width);
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int i = 0; i < full; i += LaneLayout.LANES) {
            IntVector row = row(source, at, bit, width, mask);
            longs(row, 0).reinterpretAsDoubles().intoArray(target, i);
            longs(row, 1).reinterpretAsDoubles().intoArray(target, i + HALF);
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
        int mask = LaneLayout.mask(width);
        int full = count & -LaneLayout.LANES;
        int bit = 0;
        for (int i = 0; i < full; i += LaneLayout.LANES) {
            IntVector row = row(source, at, bit, width, mask);
            doubles(row, 0).add(base).div(divisor).intoArray(target, i);
            doubles(row, 1).add(base).div(divisor).intoArray(target, i + HALF);
            bit += width;
        }
        for (int i = full; i < count; i++) {
            target[i] = (base + LaneLayout.value(source, at, i, width)) / divisor;
        }
    }

    @Override
    public void bitsToDecimals(double[] values, int count, long base, double divisor) {
        int full = count & -HALF;
        // long to double by an addition, since AVX2 has no instruction for it
        long shifted = base + ROUNDING_BITS;
        for (int i = 0; i < full; i += HALF) {
            DoubleVector.fromArray(DOUBLES, values, i)
                    .reinterpretAsLongs()
                    .add(shifted)
                    .reinterpretAsDoubles()
                    .sub(ROUNDING)
                    .div(divisor)
                    .intoArray(values, i);
        }
        for (int i = full; i < count; i++) {
            values[i] = (base + Double.doubleToRawLongBits(values[i])) / divisor;
        }
    }

    @Override
    public int scale(long[] bits, int count, double factor, long[] scaled) {
        int full = count & -HALF;
        LongVector misses = LongVector.zero(LONGS);
        for (int i = 0; i < full; i += HALF) {
            LongVector value = LongVector.fromArray(LONGS, bits, i);
            DoubleVector rounded = value.reinterpretAsDoubles().mul(factor).add(ROUNDING);
            LongVector integer = rounded.reinterpretAsLongs().sub(ROUNDING_BITS);
            integer.intoArray(scaled, i);
            LongVector back = rounded.sub(ROUNDING).div(factor).reinterpretAsLongs();
            VectorMask<Long> exact =
                    back.compare(VectorOperators.EQ, value)
                            .and(integer.compare(VectorOperators.LE, SCALED_MAX))
                            .and(integer.compare(VectorOperators.GE, -SCALED_MAX));
            misses = misses.add(1, exact.not());
        }
        int missCount = (int) misses.reduceLanes(VectorOperators.ADD);
        for (int i = full; i < count; i++) {
            long integer = ScalarLaneKernel.scaledOf(bits[i], factor);
            scaled[i] = integer;
            missCount += ScalarLaneKernel.isExact(bits[i], integer, factor) ? 0 : 1;
        }
        return missCount;
    }
}
