package io.tsdb.loadgen.workload;

/// Counter-based randomness: the same (seed, series, step) gives the same bits, in any order and on
/// any thread.
public final class Mix {
    private static final int GAUSS_BITS = 12;

    private Mix() {}

    /// SplitMix64's finalizer: a bijection of 64 bits that passes the usual test batteries.
    public static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /// Bits for three numbers, for instance seed, series and step.
    public static long of(long a, long b, long c) {
        return mix(mix(a + b * 0x9E3779B97F4A7C15L) + c * 0xD1B54A32D192ED03L);
    }

    /// A number in `[0, bound)` from 64 random bits.
    public static int below(long bits, int bound) {
        return (int) (((bits >>> 32) * bound) >>> 32);
    }

    /// A fraction in `[0, 1)` from 64 random bits.
    public static double fraction(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    /// Quantiles of the normal distribution times 65,536, indexed by 12 random bits.
    static int[] gaussTable() {
        int count = 1 << GAUSS_BITS;
        int[] table = new int[count];
        for (int i = 0; i < count / 2; i++) {
            table[count - 1 - i] = (int) StrictMath.round(-quantile((i + 0.5) / count) * 65536);
            table[i] = -table[count - 1 - i];
        }
        return table;
    }

    /// Inverse of the normal distribution function below 0.5, by bisection.
    private static double quantile(double p) {
        double low = -5;
        double high = 0;
        for (int i = 0; i < 30; i++) {
            double middle = (low + high) / 2;
            if (distribution(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /// Normal distribution function, by its power series. Strict, so that a seed gives the same
    /// bytes on every machine.
    private static double distribution(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; StrictMath.abs(term) > 1e-14; n++) {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * StrictMath.PI);
    }
}
