package io.tsdb.storage.part;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.parquet.ByteSink;
import io.tsdb.storage.parquet.ByteSource;
import io.tsdb.storage.scan.ColumnStatistics;

/// Statistics of one column of one block as bytes, `docs/format/part-index.md#statistics`.
///
/// Lossless to the bit. Small because everything is written relative to the block and to the
/// smallest value, and because doubles that are decimals are written as scaled integers.
final class StatisticsForm {
    /// Head of a column that the block does not have.
    static final int ABSENT = 0;

    private static final int PRESENT = 1;
    private static final int PARTIAL = 2;
    private static final int SUM_INEXACT = 4;
    private static final int CONSTANT = 8;
    private static final int FORM_SHIFT = 4;
    private static final int FORM_RAW = 15;

    private static final long EXACT_MAX = 1L << 53;

    private static final double[] POWERS_OF_TEN = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14
    };

    /// The block that statistics belong to.
    record Scope(int rowCount, long minTime, long maxTime) {}

    private StatisticsForm() {}

    static void encode(ColumnStatistics statistics, Scope scope, ByteSink out) {
        boolean whole =
                statistics.count() == scope.rowCount
                        && statistics.firstTime() == scope.minTime
                        && statistics.lastTime() == scope.maxTime;
        boolean constant = isConstant(statistics);
        int form = statistics.type() == FieldType.FLOAT64 ? decimalsOf(statistics) : 0;
        int head = PRESENT | form << FORM_SHIFT;
        head |= whole ? 0 : PARTIAL;
        head |= statistics.sumExact() ? 0 : SUM_INEXACT;
        head |= constant ? CONSTANT : 0;
        out.put(head);
        if (!whole) {
            out.putVarint(statistics.count());
            out.putVarint(statistics.firstTime() - scope.minTime);
            out.putVarint(scope.maxTime - statistics.lastTime());
        }
        switch (statistics.type()) {
            case INT64, UINT64, BOOL -> encodeIntegers(statistics, constant, out);
            case FLOAT64 -> {
                if (form == FORM_RAW) {
                    encodeRaw(statistics, constant, out);
                } else {
                    encodeDecimals(statistics, constant, POWERS_OF_TEN[form], out);
                }
            }
            case STRING -> {}
        }
    }

    private static void encodeIntegers(
            ColumnStatistics statistics, boolean constant, ByteSink out) {
        long min = statistics.minBits();
        long number = number(statistics.type(), min);
        out.putZigzag(number);
        if (!constant) {
            out.putVarint(statistics.maxBits() - min);
            out.putVarint(statistics.firstBits() - min);
            out.putVarint(statistics.lastBits() - min);
            out.putZigzag(statistics.sumBits() - number * statistics.count());
        }
    }

    private static void encodeRaw(ColumnStatistics statistics, boolean constant, ByteSink out) {
        out.putLong(statistics.minBits());
        if (!constant) {
            out.putLong(statistics.maxBits());
            out.putLong(statistics.firstBits());
            out.putLong(statistics.lastBits());
            out.putLong(statistics.sumBits());
        }
    }

    private static void encodeDecimals(
            ColumnStatistics statistics, boolean constant, double scale, ByteSink out) {
        long min = scaled(statistics.minBits(), scale);
        out.putZigzag(min);
        if (!constant) {
            out.putVarint(scaled(statistics.maxBits(), scale) - min);
            out.putVarint(scaled(statistics.firstBits(), scale) - min);
            out.putVarint(scaled(statistics.lastBits(), scale) - min);
            // the sum of decimals is a decimal, but for what rounding did to it
            long sum = scaled(statistics.sumBits(), scale);
            out.putZigzag(sum - min * statistics.count());
            out.putZigzag(statistics.sumBits() - bits(sum, scale));
        }
    }

    static ColumnStatistics decode(FieldType type, int head, Scope scope, ByteSource in) {
        int count = scope.rowCount;
        long firstTime = scope.minTime;
        long lastTime = scope.maxTime;
        if ((head & PARTIAL) != 0) {
            count = in.getCount(scope.rowCount);
            firstTime = scope.minTime + in.getVarint();
            lastTime = scope.maxTime - in.getVarint();
        }
        boolean exact = (head & SUM_INEXACT) == 0;
        boolean constant = (head & CONSTANT) != 0;
        long min = 0;
        long max = 0;
        long first = 0;
        long last = 0;
        long sum = 0;
        switch (type) {
            case INT64, UINT64, BOOL -> {
                long number = in.getZigzag();
                min = number(type, number);
                max = constant ? min : min + in.getVarint();
                first = constant ? min : min + in.getVarint();
                last = constant ? min : min + in.getVarint();
                sum = constant ? number * count : number * count + in.getZigzag();
            }
            case FLOAT64 -> {
                int form = head >>> FORM_SHIFT;
                if (form == FORM_RAW) {
                    min = in.getLong();
                    max = constant ? min : in.getLong();
                    first = constant ? min : in.getLong();
                    last = constant ? min : in.getLong();
                    sum = constant ? times(min, count) : in.getLong();
                } else {
                    double scale = POWERS_OF_TEN[form];
                    long scaled = in.getZigzag();
                    min = bits(scaled, scale);
                    max = constant ? min : bits(scaled + in.getVarint(), scale);
                    first = constant ? min : bits(scaled + in.getVarint(), scale);
                    last = constant ? min : bits(scaled + in.getVarint(), scale);
                    sum =
                            constant
                                    ? times(min, count)
                                    : bits(scaled * count + in.getZigzag(), scale) + in.getZigzag();
                }
            }
            case STRING -> {}
        }
        return new ColumnStatistics(
                type, count, sum, exact, min, max, first, last, firstTime, lastTime);
    }

    /// Passes over what [#encode] wrote behind the head.
    static void skip(FieldType type, int head, ByteSource in) {
        if (head == ABSENT) {
            return;
        }
        boolean constant = (head & CONSTANT) != 0;
        int varints = (head & PARTIAL) == 0 ? 0 : 3;
        int longs = 0;
        switch (type) {
            case INT64, UINT64, BOOL -> varints += constant ? 1 : 5;
            case FLOAT64 -> {
                if (head >>> FORM_SHIFT == FORM_RAW) {
                    longs = constant ? 1 : 5;
                } else {
                    varints += constant ? 1 : 6;
                }
            }
            case STRING -> {}
        }
        for (int i = 0; i < varints; i++) {
            in.getVarint();
        }
        in.moveTo(in.at() + longs * Long.BYTES);
    }

    /// Whether all values are the same, so that one says everything.
    private static boolean isConstant(ColumnStatistics statistics) {
        long value = statistics.minBits();
        long sum =
                statistics.type() == FieldType.FLOAT64
                        ? times(value, statistics.count())
                        : number(statistics.type(), value) * statistics.count();
        return statistics.maxBits() == value
                && statistics.firstBits() == value
                && statistics.lastBits() == value
                && statistics.sumBits() == sum;
    }

    /// The plain bits of an integer's folded ones, and the other way round.
    private static long number(FieldType type, long bits) {
        return type == FieldType.UINT64 ? Uint64.fold(bits) : bits;
    }

    /// Bits of a float64 times a number.
    private static long times(long bits, int count) {
        return Double.doubleToLongBits(Double.longBitsToDouble(bits) * count);
    }

    /// @return decimal places that min, max, first and last all have at most, [#FORM_RAW] when they
    ///   are no decimals of up to 53 bits
    private static int decimalsOf(ColumnStatistics statistics) {
        for (int decimals = 0; decimals < POWERS_OF_TEN.length; decimals++) {
            double scale = POWERS_OF_TEN[decimals];
            if (isDecimal(statistics.minBits(), scale)
                    && isDecimal(statistics.maxBits(), scale)
                    && isDecimal(statistics.firstBits(), scale)
                    && isDecimal(statistics.lastBits(), scale)
                    && Math.abs(Double.longBitsToDouble(statistics.sumBits()) * scale)
                            < EXACT_MAX) {
                return decimals;
            }
        }
        return FORM_RAW;
    }

    private static boolean isDecimal(long bits, double scale) {
        double product = Double.longBitsToDouble(bits) * scale;
        return Math.abs(product) < EXACT_MAX && bits(scaled(bits, scale), scale) == bits;
    }

    private static long scaled(long bits, double scale) {
        return (long) Math.rint(Double.longBitsToDouble(bits) * scale);
    }

    private static long bits(long scaled, double scale) {
        return Double.doubleToRawLongBits(scaled / scale);
    }
}
