package io.tsdb.query.function.aggregate;

/// Loops over ranges of `long[]`: four independent chains, so that the adds and compares of one do
/// not wait for the other.
final class LongKernels {
    private LongKernels() {}

    /// Sum of the low 32 bits, unsigned, of `values[from, to)`; at most 2^31 values.
    static long sumLow(long[] values, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i] & 0xFFFF_FFFFL;
        }
        return sum;
    }

    /// Sum of the high 32 bits, signed, of `values[from, to)`.
    static long sumHigh(long[] values, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i] >> 32;
        }
        return sum;
    }

    /// Smallest of `values[from, to)`, which is not empty.
    static long min(long[] values, int from, int to) {
        long a = values[from];
        long b = a;
        long c = a;
        long d = a;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            a = Math.min(a, values[i]);
            b = Math.min(b, values[i + 1]);
            c = Math.min(c, values[i + 2]);
            d = Math.min(d, values[i + 3]);
        }
        for (; i < to; i++) {
            a = Math.min(a, values[i]);
        }
        return Math.min(Math.min(a, b), Math.min(c, d));
    }

    /// Largest of `values[from, to)`, which is not empty.
    static long max(long[] values, int from, int to) {
        long a = values[from];
        long b = a;
        long c = a;
        long d = a;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            a = Math.max(a, values[i]);
            b = Math.max(b, values[i + 1]);
            c = Math.max(c, values[i + 2]);
            d = Math.max(d, values[i + 3]);
        }
        for (; i < to; i++) {
            a = Math.max(a, values[i]);
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }
}
