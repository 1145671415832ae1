package io.tsdb.storage.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Columns of 64-bit values that have gone wrong somewhere, or could.
public final class TestColumns {
    /// Edges of a block (1, 2, 1023, 1024), of a row of lanes (7, 8, 9), of sampling for patches
    /// (31, 32) and of packing in lanes (255, 256, 257).
    public static final int[] COUNTS = {1, 2, 3, 7, 8, 9, 31, 32, 255, 256, 257, 1023, 1024};

    /// Doubles that are no decimals, whatever the places: NaNs with and without payload, quiet and
    /// signalling, infinities, -0.0, subnormals, the largest.
    public static final long[] ODD_DOUBLES = {
        Double.doubleToRawLongBits(Double.NaN),
        0x7FF8_0000_0000_0001L,
        0x7FF0_0000_0000_0001L,
        0xFFF8_DEAD_BEEF_0001L,
        Double.doubleToRawLongBits(Double.POSITIVE_INFINITY),
        Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY),
        Double.doubleToRawLongBits(-0.0),
        1L,
        Double.doubleToRawLongBits(Double.MAX_VALUE),
    };

    private TestColumns() {}

    /// @param name says why the column is there
    public record Column(String name, long[] values) {
        @Override
        public String toString() {
            return name + " x" + values.length;
        }
    }

    /// Every kind in every count.
    public static List<Column> all(long seed) {
        var columns = new ArrayList<Column>();
        for (int count : COUNTS) {
            columns.addAll(ofCount(count, seed));
        }
        return columns;
    }

    public static List<Column> ofCount(int count, long seed) {
        var random = new Random(seed * 1031 + count);
        var columns = new ArrayList<Column>();
        for (long value : new long[] {0, 1, -1, 1000, Long.MIN_VALUE, Long.MAX_VALUE}) {
            long[] values = new long[count];
            Arrays.fill(values, value);
            columns.add(new Column("constant " + value, values));
        }
        for (int width = 1; width <= 64; width += width < 35 ? 1 : 7) {
            columns.add(new Column("width " + width, width(count, width, random)));
        }
        columns.add(new Column("extremes", extremes(count, random)));
        columns.add(new Column("one outlier above", outliers(count, 1, 1L << 40, random)));
        columns.add(new Column("one outlier below", outliers(count, 1, -(1L << 50), random)));
        columns.add(new Column("outliers", outliers(count, count / 50, 1L << 20, random)));
        columns.add(new Column("wide outliers", outliers(count, count / 20, 1L << 62, random)));
        columns.add(new Column("steady", walk(count, 10_000_000_000L, 0, random)));
        columns.add(new Column("jitter", walk(count, 10_000_000_000L, 5_000_000, random)));
        columns.add(new Column("milliseconds", multiples(count, 1_000_000, random)));
        columns.add(new Column("seconds", multiples(count, 1_000_000_000, random)));
        columns.add(new Column("runs", runs(count, random)));
        columns.add(new Column("decimals", decimals(count, 2, 0, random)));
        columns.add(new Column("many decimals", decimals(count, 9, 0, random)));
        columns.add(new Column("decimals and odd doubles", decimals(count, 1, 20, random)));
        columns.add(new Column("odd doubles", oddDoubles(count)));
        columns.add(new Column("full doubles", fullDoubles(count, random)));
        return columns;
    }

    private static long[] width(int count, int width, Random random) {
        long[] values = new long[count];
        long base = random.nextLong() >> 8;
        for (int i = 0; i < count; i++) {
            values[i] = base + (random.nextLong() >>> (64 - width));
        }
        return values;
    }

    private static long[] extremes(int count, Random random) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    switch (random.nextInt(4)) {
                        case 0 -> Long.MIN_VALUE;
                        case 1 -> Long.MAX_VALUE;
                        case 2 -> 0;
                        default -> -1;
                    };
        }
        return values;
    }

    private static long[] outliers(int count, int outliers, long size, Random random) {
        long[] values = width(count, 5, random);
        for (int i = 0; i < outliers; i++) {
            values[random.nextInt(count)] += random.nextBoolean() ? size : size / 3;
        }
        return values;
    }

    private static long[] walk(int count, long step, int jitter, Random random) {
        long[] values = new long[count];
        long value = 1_700_000_000_123_456_789L;
        for (int i = 0; i < count; i++) {
            values[i] = value;
            value += step + (jitter == 0 ? 0 : random.nextInt(jitter));
        }
        return values;
    }

    private static long[] multiples(int count, long unit, Random random) {
        long[] values = new long[count];
        long value = 1_700_000_000_000_000_007L; // the first time need not be a multiple
        for (int i = 0; i < count; i++) {
            values[i] = value;
            value += unit * random.nextInt(1000);
        }
        return values;
    }

    private static long[] runs(int count, Random random) {
        long[] values = new long[count];
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = random.nextInt(40) == 0 ? random.nextInt(3) : value;
            values[i] = value;
        }
        return values;
    }

    private static long[] decimals(int count, int places, int percentOdd, Random random) {
        long[] values = new long[count];
        double power = Math.pow(10, places);
        for (int i = 0; i < count; i++) {
            values[i] =
                    random.nextInt(100) < percentOdd
                            ? ODD_DOUBLES[random.nextInt(ODD_DOUBLES.length)]
                            : bits((random.nextInt(4001) - 2000) / power);
        }
        return values;
    }

    private static long[] oddDoubles(int count) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = ODD_DOUBLES[i % ODD_DOUBLES.length];
        }
        return values;
    }

    private static long[] fullDoubles(int count, Random random) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = bits(20 + random.nextGaussian());
        }
        return values;
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }
}
