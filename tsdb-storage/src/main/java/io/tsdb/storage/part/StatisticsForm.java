package io.tsdb.storage.part;

import io.tsdb.storage.model.FieldType;
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
    private static final int FORM_SHIFT = 4;
    private static final int FORM_RAW = 15;

    private static final int RAW_BYTES = 5 * Long.BYTES;
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
        int form = statistics.type() == FieldType.FLOAT64 ? decimalsOf(statistics) : 0;
        int head = PRESENT | form << FORM_SHIFT;
        head |= whole ? 0 : PARTIAL;
        head |= statistics.sumExact() ? 0 : SUM_INEXACT;
        out.put(head);
        if (!whole) {
            out.putVarint(statistics.count());
            out.putVarint(statistics.firstTime() - scope.minTime);
            out.putVarint(scope.maxTime - statistics.lastTime());
        }
        switch (statistics.type()) {
            case INT64, BOOL -> {
                long min = statistics.minBits();
                out.putZigzag(min);
                out.putVarint(statistics.maxBits() - min);
                out.putVarint(statistics.firstBits() - min);
                out.putVarint(statistics.lastBits() - min);
                out.putZigzag(statistics.sumBits() - min * statistics.count());
            }
            case FLOAT64 -> {
                if (form == FORM_RAW) {
                    out.putLong(statistics.minBits());
                    out.putLong(statistics.maxBits());
                    out.putLong(statistics.firstBits());
                    out.putLong(statistics.lastBits());
                    out.putLong(statistics.sumBits());
                } else {
                    encodeDecimals(statistics, POWERS_OF_TEN[form], out);
                }
            }
            case STRING -> {}
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
        int form = head >>> FORM_SHIFT;
        return switch (type) {
            case INT64, BOOL -> {
                long min = in.getZigzag();
                long max = min + in.getVarint();
                long first = min + in.getVarint();
                long last = min + in.getVarint();
                long sum = min * count + in.getZigzag();
                yield new ColumnStatistics(
                        type, count, sum, exact, min, max, first, last, firstTime, lastTime);
            }
            case FLOAT64 -> {
                if (form == FORM_RAW) {
                    long min = in.getLong();
                    long max = in.getLong();
                    long first = in.getLong();
                    long last = in.getLong();
                    long sum = in.getLong();
                    yield new ColumnStatistics(
                            type, count, sum, exact, min, max, first, last, firstTime, lastTime);
                }
                double scale = POWERS_OF_TEN[form];
                long min = in.getZigzag();
                long max = bits(min + in.getVarint(), scale);
                long first = bits(min + in.getVarint(), scale);
                long last = bits(min + in.getVarint(), scale);
                long sum = bits(min * count + in.getZigzag(), scale) + in.getZigzag();
                long minBits = bits(min, scale);
                yield new ColumnStatistics(
                        type, count, sum, exact, minBits, max, first, last, firstTime, lastTime);
            }
            case STRING ->
                    new ColumnStatistics(type, count, 0, exact, 0, 0, 0, 0, firstTime, lastTime);
        };
    }

    /// Passes over what [#encode] wrote behind the head.
    static void skip(FieldType type, int head, ByteSource in) {
        if (head == ABSENT) {
            return;
        }
        int varints = (head & PARTIAL) == 0 ? 0 : 3;
        switch (type) {
            case INT64, BOOL -> varints += 5;
            case FLOAT64 -> {
                if (head >>> FORM_SHIFT != FORM_RAW) {
                    varints += 6;
                }
            }
            case STRING -> {}
        }
        for (int i = 0; i < varints; i++) {
            in.getVarint();
        }
        if (type == FieldType.FLOAT64 && head >>> FORM_SHIFT == FORM_RAW) {
            in.moveTo(in.at() + RAW_BYTES);
        }
    }

    private static void encodeDecimals(ColumnStatistics statistics, double scale, ByteSink out) {
        long min = scaled(statistics.minBits(), scale);
        out.putZigzag(min);
        out.putVarint(scaled(statistics.maxBits(), scale) - min);
        out.putVarint(scaled(statistics.firstBits(), scale) - min);
        out.putVarint(scaled(statistics.lastBits(), scale) - min);
        // the sum of decimals is a decimal, but for what rounding did to it
        long sum = scaled(statistics.sumBits(), scale);
        out.putZigzag(sum - min * statistics.count());
        out.putZigzag(statistics.sumBits() - bits(sum, scale));
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
