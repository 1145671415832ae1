package io.tsdb.storage.codec.split;

import io.tsdb.storage.codec.pack.ByteSink;

import java.util.Arrays;

/// Splits each double into a front part (sign, exponent, first bits of the mantissa), which has few
/// kinds in a column of real numbers, and the rest, which is noise: a code of 0 to 3 bits stands
/// for the front part, the rest follows as it is. Front parts without a code are exceptions. Zeros
/// at the end that all values share (of numbers that once were of 32 bits) are left out.
///
/// Where to split is found by a sample, whose front parts get the codes. One thread; kept and
/// reused.
///
/// @see <a href="https://dl.acm.org/doi/10.1145/3626717">Afroozeh, Kuffó, Boncz: ALP: Adaptive
///   Lossless floating-Point Compression, SIGMOD 2023, section 3.4 (ALP-RD)</a>
public final class SplitEncoder {
    /// Result of [#plan] when the encoding does not pay.
    public static final int UNFIT = Integer.MAX_VALUE;

    private static final int SAMPLES = 64;
    private static final int CODES_MAX = 1 << SplitLayout.CODE_BITS_MAX;
    private static final int FRONTS = 1 << (Long.SIZE - SplitLayout.SPLIT_MIN);

    /// More of them, and another encoding serves better.
    private static final int EXCEPTION_SHARE_MAX = 8;

    private final int[] sample = new int[SAMPLES];
    private final int[] runFronts = new int[SAMPLES];
    private final int[] runCounts = new int[SAMPLES];
    private final int[] topCounts = new int[CODES_MAX];
    private final int[] topFronts = new int[CODES_MAX];

    /// Code plus 1 by front part; 0 for those that have none.
    private final byte[] codes = new byte[FRONTS];

    private final int[] fronts = new int[CODES_MAX];
    private final int[] positions;
    private final long[] numbers;

    private int frontCount;
    private int codeBits;
    private int split;
    private int zeros;
    private int exceptionCount;

    /// @param countMax most values of a column
    public SplitEncoder(int countMax) {
        positions = new int[countMax];
        numbers = new long[countMax];
    }

    /// Fewest bytes that a split could take, found without looking for one.
    public static int sizeBytesMin(long[] bits, int count) {
        return SplitLayout.streamBytes(count, SplitLayout.SPLIT_MIN - zeros(bits, count));
    }

    /// Zeros at the end of every value.
    private static int zeros(long[] bits, int count) {
        long any = 0;
        for (int i = 0; i < count; i++) {
            any |= bits[i];
        }
        return Math.min(Long.numberOfTrailingZeros(any), SplitLayout.ZEROS_MAX);
    }

    /// Decides how a column would be split.
    ///
    /// @param bits IEEE bits, not all the same
    /// @return the bytes that [#encode] would append, or [#UNFIT]
    public int plan(long[] bits, int count) {
        zeros = zeros(bits, count);
        int samples = Math.min(count, SAMPLES);
        for (int i = 0; i < samples; i++) {
            sample[i] = (int) (bits[i * count / samples] >>> SplitLayout.SPLIT_MIN);
        }
        Arrays.sort(sample, 0, samples);
        choose(samples, count);
        if (width() > SplitLayout.WIDTH_MAX) {
            return UNFIT;
        }
        giveCodes(samples);
        findExceptions(bits, count);
        return exceptionCount > count / EXCEPTION_SHARE_MAX ? UNFIT : sizeBytes(count);
    }

    /// Appends the column as the last [#plan] decided.
    public void encode(long[] bits, int count, ByteSink sink) {
        boolean exceptions = exceptionCount > 0;
        sink.putByte(
                split - SplitLayout.SPLIT_MIN
                        | codeBits << SplitLayout.CODE_SHIFT
                        | (exceptions ? SplitLayout.EXCEPTIONS : 0));
        sink.putByte(zeros);
        for (int i = 0; i < 1 << codeBits; i++) {
            sink.putShort(i < frontCount ? fronts[i] : 0);
        }
        if (exceptions) {
            sink.putShort(exceptionCount);
            for (int i = 0; i < exceptionCount; i++) {
                sink.putShort(positions[i]);
            }
            for (int i = 0; i < exceptionCount; i++) {
                sink.putShort((int) (bits[positions[i]] >>> split));
            }
        }
        int restWidth = split - zeros;
        long restMask = SplitLayout.mask(restWidth);
        for (int i = 0; i < count; i++) {
            long code = Math.max(0, codes[(int) (bits[i] >>> split)] - 1);
            numbers[i] = code << restWidth | bits[i] >>> zeros & restMask;
        }
        writeStream(count, width(), sink);
    }

    private int width() {
        return codeBits + split - zeros;
    }

    private int sizeBytes(int count) {
        int size =
                SplitLayout.HEAD_BYTES
                        + (Short.BYTES << codeBits)
                        + SplitLayout.streamBytes(count, width());
        return exceptionCount == 0
                ? size
                : size + Short.BYTES + exceptionCount * SplitLayout.EXCEPTION_BYTES;
    }

    /// Tries every place to split at and every number of codes on the sample.
    private void choose(int samples, int count) {
        long least = Long.MAX_VALUE;
        int runs = 0;
        for (int i = 0; i < samples; i++) {
            runs = join(sample[i], 1, runs);
        }
        for (int at = SplitLayout.SPLIT_MIN; at <= SplitLayout.SPLIT_MAX; at++) {
            int kinds = 0;
            for (int run = 0; run < runs; run++) {
                kinds = rank(runFronts[run], runCounts[run], kinds);
            }
            int covered = 0;
            for (int bits = 0; bits <= SplitLayout.CODE_BITS_MAX; bits++) {
                for (int i = bits == 0 ? 0 : 1 << (bits - 1); i < 1 << bits; i++) {
                    covered += i < kinds ? topCounts[i] : 0;
                }
                long cost =
                        (long) (bits + at - zeros) * samples
                                + (long) (samples - covered) * 8 * SplitLayout.EXCEPTION_BYTES
                                + (8L * Short.BYTES << bits) * samples / count;
                if (cost < least) {
                    least = cost;
                    split = at;
                    codeBits = bits;
                }
            }
            if (kinds == 1) {
                return; // splitting further up only costs more
            }
            int halved = 0;
            for (int run = 0; run < runs; run++) {
                halved = join(runFronts[run] >>> 1, runCounts[run], halved);
            }
            runs = halved;
        }
    }

    /// Adds to the last run of equal front parts, or begins one.
    private int join(int front, int count, int runs) {
        if (runs > 0 && runFronts[runs - 1] == front) {
            runCounts[runs - 1] += count;
            return runs;
        }
        runFronts[runs] = front;
        runCounts[runs] = count;
        return runs + 1;
    }

    /// Finds the most frequent front parts of the sorted sample.
    ///
    /// @param drop low bits of the 16 that do not belong to the front part
    /// @return how many there are, at most [#CODES_MAX]
    private int countFronts(int samples, int drop) {
        int kinds = 0;
        for (int from = 0; from < samples; ) {
            int front = sample[from] >>> drop;
            int to = from + 1;
            while (to < samples && sample[to] >>> drop == front) {
                to++;
            }
            kinds = rank(front, to - from, kinds);
            from = to;
        }
        return kinds;
    }

    /// Puts a front part where its count belongs.
    private int rank(int front, int count, int kinds) {
        if (kinds == CODES_MAX && count <= topCounts[CODES_MAX - 1]) {
            return kinds;
        }
        int at = Math.min(kinds, CODES_MAX - 1);
        while (at > 0 && topCounts[at - 1] < count) {
            topCounts[at] = topCounts[at - 1];
            topFronts[at] = topFronts[at - 1];
            at--;
        }
        topCounts[at] = count;
        topFronts[at] = front;
        return Math.min(kinds + 1, CODES_MAX);
    }

    private void giveCodes(int samples) {
        for (int i = 0; i < frontCount; i++) {
            codes[fronts[i]] = 0; // of the plan before
        }
        int kinds = countFronts(samples, split - SplitLayout.SPLIT_MIN);
        frontCount = Math.min(kinds, 1 << codeBits);
        for (int i = 0; i < frontCount; i++) {
            fronts[i] = topFronts[i];
            codes[fronts[i]] = (byte) (i + 1);
        }
    }

    private void findExceptions(long[] bits, int count) {
        exceptionCount = 0;
        for (int i = 0; i < count; i++) {
            if (codes[(int) (bits[i] >>> split)] == 0) {
                positions[exceptionCount++] = i;
            }
        }
    }

    /// Numbers of one width as one stream of bits, low bits first.
    private void writeStream(int count, int width, ByteSink sink) {
        int size = SplitLayout.streamBytes(count, width);
        int at = sink.claim(size + Long.BYTES);
        byte[] bytes = sink.bytes();
        int end = at + size;
        long word = 0;
        int filled = 0;
        for (int i = 0; i < count; i++) {
            long number = numbers[i];
            word |= number << filled;
            int total = filled + width;
            if (total >= Long.SIZE) {
                SplitLayout.store(bytes, at, word);
                at += Long.BYTES;
                word = filled == 0 ? 0 : number >>> (Long.SIZE - filled);
                filled = total - Long.SIZE;
            } else {
                filled = total;
            }
        }
        SplitLayout.store(bytes, at, word);
        sink.truncate(end);
    }
}
