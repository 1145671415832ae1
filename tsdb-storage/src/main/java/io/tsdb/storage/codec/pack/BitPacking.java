package io.tsdb.storage.codec.pack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Packs residuals of one width, 0 to 63 bits, in the layout that fits their number and width.
///
/// Up to 31 bits: in eight lanes from [#LANES_COUNT_MIN] values on ([LaneLayout]), else one stream
/// of bits, low bits first, which wastes no lane. From 32 bits on: the low 32 bits of each value as
/// they are, then the rest packed as above.
public final class BitPacking {
    /// Fewest values that are spread over lanes.
    public static final int LANES_COUNT_MIN = 256;

    public static final int WIDTH_MAX = 63;

    /// Most by magnitude that an integer to be divided may be.
    public static final long SCALED_MAX = LaneKernel.SCALED_MAX;

    private static final LaneKernel KERNEL = LaneKernel.best();
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private BitPacking() {}

    /// Bytes of `count` residuals of `width` bits.
    public static int sizeBytes(int count, int width) {
        if (width >= Integer.SIZE) {
            return Integer.BYTES * count + sizeBytes(count, width - Integer.SIZE);
        }
        return count < LANES_COUNT_MIN
                ? (count * width + 7) >>> 3
                : LaneLayout.sizeBytes(count, width);
    }

    /// Packs what [#sizeBytes] has room for.
    ///
    /// @param residuals each below `2^width`; zeros follow up to the next multiple of 8
    public static void pack(long[] residuals, int count, int width, ByteSink sink) {
        if (width >= Integer.SIZE) {
            int at = sink.claim(Integer.BYTES * count);
            byte[] bytes = sink.bytes();
            for (int i = 0; i < count; i++) {
                LaneLayout.INT.set(bytes, at + Integer.BYTES * i, (int) residuals[i]);
                residuals[i] >>>= Integer.SIZE;
            }
            pack(residuals, count, width - Integer.SIZE, sink);
        } else if (width > 0) {
            int at = sink.claim(sizeBytes(count, width));
            if (count < LANES_COUNT_MIN) {
                packStream(residuals, count, width, sink.bytes(), at);
            } else {
                KERNEL.pack(residuals, count, width, sink.bytes(), at);
            }
        }
    }

    /// `target[i] = base + residual[i]`
    public static void unpack(ByteSource source, int count, int width, long base, long[] target) {
        if (width >= Integer.SIZE) {
            int low = source.take(Integer.BYTES * count);
            unpack(source, count, width - Integer.SIZE, 0, target);
            byte[] bytes = source.bytes();
            for (int i = 0; i < count; i++) {
                target[i] = base + (target[i] << Integer.SIZE | low(bytes, low, i));
            }
            return;
        }
        int at = source.take(sizeBytes(count, width));
        if (width == 0) {
            java.util.Arrays.fill(target, 0, count, base);
        } else if (count < LANES_COUNT_MIN) {
            byte[] bytes = source.bytes();
            for (int i = 0; i < count; i++) {
                target[i] = base + streamValue(bytes, at, i * width, width);
            }
        } else {
            KERNEL.unpack(source.bytes(), at, count, width, base, target);
        }
    }

    /// The residuals as bits of doubles, see [LaneKernel#unpackBits].
    public static void unpackBits(ByteSource source, int count, int width, double[] target) {
        if (width >= Integer.SIZE) {
            int low = source.take(Integer.BYTES * count);
            unpackBits(source, count, width - Integer.SIZE, target);
            byte[] bytes = source.bytes();
            for (int i = 0; i < count; i++) {
                long high = Double.doubleToRawLongBits(target[i]) << Integer.SIZE;
                target[i] = Double.longBitsToDouble(high | low(bytes, low, i));
            }
            return;
        }
        int at = source.take(sizeBytes(count, width));
        if (width == 0) {
            java.util.Arrays.fill(target, 0, count, 0);
        } else if (count < LANES_COUNT_MIN) {
            byte[] bytes = source.bytes();
            for (int i = 0; i < count; i++) {
                target[i] = Double.longBitsToDouble(streamValue(bytes, at, i * width, width));
            }
        } else {
            KERNEL.unpackBits(source.bytes(), at, count, width, target);
        }
    }

    /// `target[i] = (base + residual[i]) / divisor`, the sums being scaled integers.
    public static void unpackDecimals(
            ByteSource source, int count, int width, long base, double divisor, double[] target) {
        if (width == 0 || width > LaneLayout.WIDTH_MAX || count < LANES_COUNT_MIN) {
            unpackBits(source, count, width, target);
            bitsToDecimals(target, count, base, divisor);
        } else {
            int at = source.take(sizeBytes(count, width));
            KERNEL.unpackDecimals(source.bytes(), at, count, width, (double) base, divisor, target);
        }
    }

    /// See [LaneKernel#bitsToDecimals].
    public static void bitsToDecimals(double[] values, int count, long base, double divisor) {
        KERNEL.bitsToDecimals(values, count, base, divisor);
    }

    /// See [LaneKernel#scale].
    public static int scale(long[] bits, int count, double factor, long[] scaled) {
        return KERNEL.scale(bits, count, factor, scaled);
    }

    private static long low(byte[] bytes, int at, int index) {
        return Integer.toUnsignedLong((int) LaneLayout.INT.get(bytes, at + Integer.BYTES * index));
    }

    private static void packStream(long[] residuals, int count, int width, byte[] target, int at) {
        long bits = 0;
        int filled = 0;
        int to = at;
        for (int i = 0; i < count; i++) {
            bits |= residuals[i] << filled;
            filled += width;
            while (filled >= 8) {
                target[to++] = (byte) bits;
                bits >>>= 8;
                filled -= 8;
            }
        }
        if (filled > 0) {
            target[to] = (byte) bits;
        }
    }

    private static long streamValue(byte[] source, int at, int bit, int width) {
        int from = at + (bit >>> 3);
        int shift = bit & 7;
        long word;
        if (from + Long.BYTES <= source.length) {
            word = (long) LONG.get(source, from);
        } else {
            word = 0;
            for (int i = 0; i < Long.BYTES && from + i < source.length; i++) {
                word |= (source[from + i] & 0xFFL) << (8 * i);
            }
        }
        return word >>> shift & LaneLayout.mask(width);
    }
}
