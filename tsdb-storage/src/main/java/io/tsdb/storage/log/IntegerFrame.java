package io.tsdb.storage.log;

import io.tsdb.storage.io.LittleEndian;

/// Up to 256 int64 values as bit-packed offsets from a base: frame of reference or delta, whichever
/// is shorter. Bytes: `docs/format/wal.md#integer-frame`.
///
/// Arithmetic is modulo 2^64 throughout, so every input round trips, extremes included.
final class IntegerFrame {
    /// Most values of one frame; 256 values of any width end on a word.
    static final int VALUES_MAX = 256;

    /// Flag: values are sums of packed differences.
    static final int DELTA = 1;

    /// Flag: packed numbers were divided by a divisor.
    static final int DIVISOR = 2;

    /// Flag, float64 columns only: values are the float64 times 10^decimals.
    static final int SCALED = 4;

    private static final int FLAGS_ALL = DELTA | DIVISOR | SCALED;

    private IntegerFrame() {}

    /// Encodes `values[0, count)`, which it uses up as scratch.
    ///
    /// @param count 1 to [#VALUES_MAX]
    /// @param seekDivisor whether a common divisor is worth looking for (times, series)
    /// @param extraFlags [#SCALED] or 0
    static void encode(
            long[] values, int count, boolean seekDivisor, int extraFlags, EncodeBuffer out) {
        long first = values[0];
        long min = first;
        long max = first;
        for (int i = 1; i < count; i++) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        int width = bits(max - min);
        if (width <= 1) {
            writeOffsets(values, count, min, 1, width, extraFlags, out);
            return;
        }
        long minStep = values[1] - first;
        long maxStep = minStep;
        for (int i = 2; i < count; i++) {
            long step = values[i] - values[i - 1];
            minStep = Math.min(minStep, step);
            maxStep = Math.max(maxStep, step);
        }
        int stepWidth = bits(maxStep - minStep);
        long divisor = 1;
        long stepDivisor = 1;
        if (seekDivisor) {
            if (stepWidth > 1) {
                stepDivisor = stepDivisor(values, count, minStep);
                stepWidth = bits(Long.divideUnsigned(maxStep - minStep, stepDivisor));
            }
            divisor = offsetDivisor(values, count, min);
            width = bits(Long.divideUnsigned(max - min, divisor));
        }
        long stepBits = (long) (count - 1) * stepWidth + 8;
        if (stepBits < (long) count * width) {
            writeSteps(values, count, minStep, stepDivisor, stepWidth, extraFlags, out);
        } else {
            writeOffsets(values, count, min, divisor, width, extraFlags, out);
        }
    }

    /// Decodes one frame of `count` values into `target[0, count)`.
    ///
    /// @return the frame's flags
    static int decode(DecodeCursor source, long[] target, int count) {
        int width = source.getByte();
        int flags = source.getByte();
        if (width > 64 || (flags & ~FLAGS_ALL) != 0) {
            throw source.corrupt("integer frame of width " + width + ", flags " + flags);
        }
        long base = source.getZigzag();
        long minStep = (flags & DELTA) != 0 ? source.getZigzag() : 0;
        long divisor = (flags & DIVISOR) != 0 ? source.getVarint() : 1;
        int packedCount = (flags & DELTA) != 0 ? count - 1 : count;
        int at = source.skip(((long) packedCount * width + 7) >>> 3);
        if ((flags & DELTA) == 0) {
            unpack(source.bytes(), at, target, 0, packedCount, width);
            for (int i = 0; i < count; i++) {
                target[i] = base + target[i] * divisor;
            }
        } else {
            unpack(source.bytes(), at, target, 1, packedCount, width);
            long value = base;
            target[0] = value;
            for (int i = 1; i < count; i++) {
                value += minStep + target[i] * divisor;
                target[i] = value;
            }
        }
        return flags;
    }

    private static void writeOffsets(
            long[] values,
            int count,
            long min,
            long divisor,
            int width,
            int extraFlags,
            EncodeBuffer out) {
        out.putByte(width);
        out.putByte(extraFlags | (divisor != 1 ? DIVISOR : 0));
        out.putZigzag(min);
        for (int i = 0; i < count; i++) {
            values[i] -= min;
        }
        finish(values, 0, count, divisor, width, out);
    }

    private static void writeSteps(
            long[] values,
            int count,
            long minStep,
            long divisor,
            int width,
            int extraFlags,
            EncodeBuffer out) {
        out.putByte(width);
        out.putByte(extraFlags | DELTA | (divisor != 1 ? DIVISOR : 0));
        out.putZigzag(values[0]);
        out.putZigzag(minStep);
        for (int i = count - 1; i > 0; i--) {
            values[i] -= values[i - 1] + minStep;
        }
        finish(values, 1, count, divisor, width, out);
    }

    private static void finish(
            long[] values, int from, int to, long divisor, int width, EncodeBuffer out) {
        if (divisor != 1) {
            out.putVarint(divisor);
            for (int i = from; i < to; i++) {
                values[i] = Long.divideUnsigned(values[i], divisor);
            }
        }
        pack(values, from, to, width, out);
    }

    private static void pack(long[] values, int from, int to, int width, EncodeBuffer out) {
        int size = (int) (((long) (to - from) * width + 7) >>> 3);
        if (size == 0) {
            return;
        }
        out.reserve(size);
        byte[] target = out.bytes();
        int at = out.position();
        long word = 0;
        int filled = 0;
        for (int i = from; i < to; i++) {
            long value = values[i];
            word |= value << filled;
            filled += width;
            if (filled >= 64) {
                LittleEndian.putLong(target, at, word);
                at += 8;
                filled -= 64;
                // the bits of value that did not fit; two shifts, since one by 64 would be none
                word = (value >>> 1) >>> (width - filled - 1);
            }
        }
        LittleEndian.putLong(target, at, word);
        out.position(out.position() + size);
    }

    private static void unpack(
            byte[] source, int at, long[] target, int from, int count, int width) {
        int to = from + count;
        if (width == 0) {
            java.util.Arrays.fill(target, from, to, 0);
            return;
        }
        long mask = -1L >>> (64 - width);
        long bit = 0;
        if (width <= 57) {
            for (int i = from; i < to; i++) {
                long word = LittleEndian.getLong(source, at + (int) (bit >>> 3));
                target[i] = (word >>> (bit & 7)) & mask;
                bit += width;
            }
            return;
        }
        for (int i = from; i < to; i++) {
            int index = at + (int) (bit >>> 3);
            int shift = (int) bit & 7;
            long low = LittleEndian.getLong(source, index) >>> shift;
            long high = (source[index + 8] & 0xFFL) << 1 << (63 - shift);
            target[i] = (low | high) & mask;
            bit += width;
        }
    }

    /// Greatest number that divides every offset from `min`, 1 when there is none worth having.
    private static long offsetDivisor(long[] values, int count, long min) {
        long divisor = 0;
        for (int i = 0; i < count && divisor != 1; i++) {
            divisor = withDivisor(divisor, values[i] - min);
        }
        return Math.max(divisor, 1);
    }

    private static long stepDivisor(long[] values, int count, long minStep) {
        long divisor = 0;
        for (int i = 1; i < count && divisor != 1; i++) {
            divisor = withDivisor(divisor, values[i] - values[i - 1] - minStep);
        }
        return Math.max(divisor, 1);
    }

    private static long withDivisor(long divisor, long value) {
        if (value == 0 || value == divisor) {
            return divisor;
        }
        if (value < 0) {
            return 1; // an offset of 2^63 and more: not worth dividing
        }
        long a = value;
        long b = divisor;
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    private static int bits(long unsigned) {
        return 64 - Long.numberOfLeadingZeros(unsigned);
    }
}
