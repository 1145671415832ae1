package io.tsdb.storage.codec.decimal;

/// Head of a column of scaled doubles (`docs/format/encodings.md#decimal`).
final class DecimalLayout {
    static final int DECIMALS_MAX = 15;

    /// Set in the byte of the decimals when exceptions follow.
    static final int EXCEPTIONS = 0x80;

    /// Bytes of an exception: its position and its bits.
    static final int EXCEPTION_BYTES = Short.BYTES + Long.BYTES;

    private static final double[] POWERS = new double[DECIMALS_MAX + 1];

    static {
        double power = 1;
        for (int decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
            POWERS[decimals] = power;
            power *= 10;
        }
    }

    private DecimalLayout() {}

    /// 10^decimals, which is exact.
    static double power(int decimals) {
        return POWERS[decimals];
    }
}
