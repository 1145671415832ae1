package io.tsdb.storage.codec.pack;

import java.util.Arrays;

/// How to write values as `base + residual` with residuals of one width and, where that pays,
/// outliers as patches: the cheapest choice by exact size.
///
/// One thread; kept and reused.
public final class ResidualPlan {
    /// [#sizeBytes()] when the values span more than [BitPacking#WIDTH_MAX] bits.
    public static final int IMPOSSIBLE = Integer.MAX_VALUE / 2;

    static final int PATCHED = 0x80;

    private static final int SAMPLES = 16;
    private static final int SAMPLES_TRIMMED = 2;

    /// Bytes of a patch's position.
    private static final int POSITION_BYTES = Short.BYTES;

    private final long[] sample = new long[SAMPLES];
    private final int[] countOfWidth = new int[Long.SIZE + 1];
    private long base;
    private int width;
    private int patchCount;
    private int patchBytes;
    private int sizeBytes;

    public long base() {
        return base;
    }

    int width() {
        return width;
    }

    int patchCount() {
        return patchCount;
    }

    int patchBytes() {
        return patchBytes;
    }

    /// Bytes of base, width, patches and packed residuals.
    public int sizeBytes() {
        return sizeBytes;
    }

    /// Plans for `values[0, count)`.
    ///
    /// @param min smallest of them
    /// @param max largest of them
    public void plan(long[] values, int count, long min, long max) {
        base = min;
        width = bits(max - min);
        patchCount = 0;
        patchBytes = 0;
        sizeBytes =
                width > BitPacking.WIDTH_MAX
                        ? IMPOSSIBLE
                        : 2 + ByteSink.signedBytes(base) + BitPacking.sizeBytes(count, width);
        if (count >= 2 * SAMPLES && width >= 4) {
            takeSample(values, count);
            long inner = sample[SAMPLES - 1 - SAMPLES_TRIMMED] - sample[SAMPLES_TRIMMED];
            // a bell curve has its tails 2 bits outside of the sample's core: nothing to gain there
            if (width - bits(inner) >= 3) {
                planPatches(values, count, min, max, sample[SAMPLES / 2]);
            }
        }
    }

    private void takeSample(long[] values, int count) {
        for (int i = 0; i < SAMPLES; i++) {
            sample[i] = values[(int) ((2L * i + 1) * count / (2 * SAMPLES))];
        }
        Arrays.sort(sample);
    }

    /// Tries each window of `2^width` values about `centre`, with everything outside patched.
    private void planPatches(long[] values, int count, long min, long max, long centre) {
        Arrays.fill(countOfWidth, 0);
        for (int i = 0; i < count; i++) {
            long distance = values[i] - centre;
            countOfWidth[bits(distance << 1 ^ distance >> 63)]++;
        }
        boolean wraps = max - min < 0;
        int outside = count;
        int widthEnd = Math.min(width, BitPacking.WIDTH_MAX);
        for (int w = 0; w < widthEnd; w++) {
            outside -= countOfWidth[w];
            long windowBase = w == 0 ? centre : centre - (1L << (w - 1));
            int bytes =
                    wraps
                            ? Long.BYTES
                            : Math.max(
                                    ByteSink.signedBytes(min - windowBase),
                                    ByteSink.signedBytes(max - windowBase));
            int size =
                    2
                            + ByteSink.signedBytes(windowBase)
                            + 1
                            + Short.BYTES
                            + outside * (POSITION_BYTES + bytes)
                            + BitPacking.sizeBytes(count, w);
            if (size < sizeBytes) {
                base = windowBase;
                width = w;
                patchCount = outside;
                patchBytes = bytes;
                sizeBytes = size;
            }
        }
    }

    private static int bits(long value) {
        return Long.SIZE - Long.numberOfLeadingZeros(value);
    }
}
