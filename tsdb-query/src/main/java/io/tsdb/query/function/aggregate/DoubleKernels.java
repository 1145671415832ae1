package io.tsdb.query.function.aggregate;

/// Loops over ranges of `double[]`: four independent chains, so that the adds of one do not wait
/// for the other. NaN is greater than every number, as in DuckDB and PostgreSQL.
final class DoubleKernels {
    private DoubleKernels() {}

    static double sum(double[] values, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < to; i++) {
            a += values[i];
        }
        return (a + b) + (c + d);
    }

    /// Smallest of `values[from, to)`, which is not empty; NaN only when all are.
    static double min(double[] values, int from, int to) {
        double a = values[from];
        double b = a;
        double c = a;
        double d = a;
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
        double min = Math.min(Math.min(a, b), Math.min(c, d));
        return Double.isNaN(min) ? minWithoutNaN(values, from, to) : min;
    }

    private static double minWithoutNaN(double[] values, int from, int to) {
        double min = Double.NaN;
        for (int i = from; i < to; i++) {
            min = smaller(min, values[i]);
        }
        return min;
    }

    /// Largest of `values[from, to)`, which is not empty; NaN when one is.
    static double max(double[] values, int from, int to) {
        double a = values[from];
        double b = a;
        double c = a;
        double d = a;
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

    /// The smaller of two, NaN being the greatest.
    static double smaller(double a, double b) {
        if (Double.isNaN(a)) {
            return b;
        }
        return Double.isNaN(b) ? a : Math.min(a, b);
    }
}
