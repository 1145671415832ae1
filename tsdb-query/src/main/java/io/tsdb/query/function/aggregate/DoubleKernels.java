package io.tsdb.query.function.aggregate;

/// Loops over ranges of `double[]`: four independent chains, so that the adds of one do not wait
/// for the other. NaN is greater than every number, as in DuckDB and PostgreSQL.
final class DoubleKernels {
    private DoubleKernels() {}

    /// Sum of `values[from, to)`, and beside it what its additions rounded away.
    ///
    /// @param target receives both; the first is no number when the sum passes the range on its way
    static void sum(double[] values, int from, int to, double[] target) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        double restA = 0;
        double restB = 0;
        double restC = 0;
        double restD = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            double sumA = a + values[i];
            restA += rest(a, values[i], sumA);
            a = sumA;
            double sumB = b + values[i + 1];
            restB += rest(b, values[i + 1], sumB);
            b = sumB;
            double sumC = c + values[i + 2];
            restC += rest(c, values[i + 2], sumC);
            c = sumC;
            double sumD = d + values[i + 3];
            restD += rest(d, values[i + 3], sumD);
            d = sumD;
        }
        for (; i < to; i++) {
            double sum = a + values[i];
            restA += rest(a, values[i], sum);
            a = sum;
        }
        double left = a + b;
        double right = c + d;
        double sum = left + right;
        target[0] = sum;
        target[1] =
                restA
                        + restB
                        + restC
                        + restD
                        + rest(a, b, left)
                        + rest(c, d, right)
                        + rest(left, right, sum);
    }

    /// What `sum`, the rounded `a + b`, lacks of the exact one (Knuth's `TwoSum`).
    static double rest(double a, double b, double sum) {
        double part = sum - a;
        return (a - (sum - part)) + (b - part);
    }

    /// `(value + rest) / divisor`, rounded once.
    static double divide(double value, double rest, double divisor) {
        double number = value + rest;
        if (!Double.isFinite(number)) {
            // the rest is no number where a rounding passed the range
            return value / divisor;
        }
        double left = rest(value, rest, number);
        double quotient = number / divisor;
        return quotient + (Math.fma(-quotient, divisor, number) + left) / divisor;
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
