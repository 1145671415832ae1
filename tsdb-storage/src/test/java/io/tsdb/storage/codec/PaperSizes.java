package io.tsdb.storage.codec;

/// What a block of doubles would take in encodings of papers, reckoned as they describe them.
final class PaperSizes {
    private static final double[] POWERS = new double[19];
    private static final double[] FRACTIONS = new double[19];

    static {
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = Double.parseDouble("1e" + i);
            FRACTIONS[i] = Double.parseDouble("1e-" + i);
        }
    }

    private PaperSizes() {}

    /// @see <a href="https://www.vldb.org/pvldb/vol8/p1816-teller.pdf">Gorilla, section 4.1.2</a>
    static long gorillaBits(long[] bits) {
        long size = Long.SIZE;
        int leading = Long.SIZE;
        int trailing = 0;
        for (int i = 1; i < bits.length; i++) {
            long xor = bits[i] ^ bits[i - 1];
            int ownLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
            int ownTrailing = Long.numberOfTrailingZeros(xor);
            if (xor == 0) {
                size += 1;
            } else if (ownLeading >= leading && ownTrailing >= trailing) {
                size += 2 + Long.SIZE - leading - trailing;
            } else {
                leading = ownLeading;
                trailing = ownTrailing;
                size += 2 + 5 + 6 + Long.SIZE - leading - trailing;
            }
        }
        return size;
    }

    /// ALP for decimals, with the best exponent and factor of all, which its sampling does not
    /// always find: integers less the smallest, bit-packed, exceptions of 64 and 16 bits.
    ///
    /// @see <a href="https://dl.acm.org/doi/10.1145/3626717">ALP, sections 3.1 to 3.3</a>
    static long alpBits(double[] values) {
        long least = (long) Long.SIZE * values.length;
        for (int exponent = 0; exponent < POWERS.length; exponent++) {
            for (int factor = 0; factor <= exponent; factor++) {
                least = Math.min(least, alpBits(values, exponent, factor));
            }
        }
        return least;
    }

    private static long alpBits(double[] values, int exponent, int factor) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        int exceptions = 0;
        for (double value : values) {
            double scaled = value * POWERS[exponent] * FRACTIONS[factor];
            long integer = Math.round(scaled);
            double back = integer * POWERS[factor] * FRACTIONS[exponent];
            if (Double.doubleToRawLongBits(back) == Double.doubleToRawLongBits(value)) {
                min = Math.min(min, integer);
                max = Math.max(max, integer);
            } else {
                exceptions++;
            }
        }
        int width = max < min ? 0 : Long.SIZE - Long.numberOfLeadingZeros(max - min);
        int head = 8 + 8 + 16 + 64 + 8;
        return head + (long) width * values.length + exceptions * 80L;
    }
}
