package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TestNumbers;
import io.tsdb.storage.model.Uint64;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Batches for tests: drawn from a seed, and their content as comparable text.
final class RandomBatches {
    private static final double[] ODD_DOUBLES = {
        0.0,
        -0.0,
        Double.NaN,
        Double.longBitsToDouble(0x7ff8_dead_beef_0001L),
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        1e300,
        0.1 + 0.2
    };

    private RandomBatches() {}

    static PointBatch draw(Random random) {
        int database = 1 + random.nextInt(3);
        var batch = new PointBatch("db" + database);
        int measurementCount = random.nextInt(4);
        for (int m = 0; m < measurementCount; m++) {
            fill(batch.rows("m" + m), random);
        }
        TestNumbers.number(batch, database);
        batch.number(database, random.nextInt(1000));
        return batch;
    }

    private static void fill(MeasurementRows rows, Random random) {
        int[] sizes = {0, 1, 2, 63, 64, 65, 255, 256, 257, 700};
        int rowCount = sizes[random.nextInt(sizes.length)];
        int newCount = random.nextInt(3);
        for (int i = 0; i < newCount; i++) {
            rows.addNewSeries(SeriesKey.of("m", Map.of("host", "h" + random.nextInt(1000))));
        }
        int columnCount = random.nextInt(6);
        int[] kinds = random.ints(columnCount, 0, 14).toArray();
        double[] density = random.doubles(columnCount).toArray();
        long step = List.of(0L, 1L, 1_000_000L, 10_000_000_000L).get(random.nextInt(4));
        long time = random.nextInt(8) == 0 ? Long.MIN_VALUE + 5 : 1_700_000_000_000_000_000L;
        boolean jitter = random.nextBoolean();
        for (int row = 0; row < rowCount; row++) {
            int ref =
                    newCount > 0 && random.nextInt(10) == 0
                            ? ~random.nextInt(newCount)
                            : row % (1 + random.nextInt(100));
            time += jitter ? step * random.nextInt(1000) : step;
            rows.addRow(ref, random.nextInt(200) == 0 ? random.nextLong() : time);
            for (int c = 0; c < columnCount; c++) {
                if (density[c] > 0.5 || random.nextDouble() < density[c]) {
                    put(rows, c, kinds[c], row, random);
                }
            }
        }
    }

    private static void put(MeasurementRows rows, int c, int kind, int row, Random random) {
        String name = "f" + c;
        switch (kind) {
            case 0 -> rows.column(name, FieldType.INT64).put(row, random.nextInt(101));
            case 1 -> rows.column(name, FieldType.INT64).put(row, random.nextLong());
            case 2 ->
                    rows.column(name, FieldType.INT64)
                            .put(row, random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE);
            case 3 -> rows.column(name, FieldType.INT64).put(row, row * 7L);
            case 4 -> rows.column(name, FieldType.BOOL).put(row, random.nextInt(2));
            case 5 -> {
                double value = random.nextInt(10_000) / 100.0;
                rows.column(name, FieldType.FLOAT64)
                        .putDouble(row, Double.doubleToRawLongBits(value), 2);
            }
            case 6 -> {
                double value = random.nextDouble();
                rows.column(name, FieldType.FLOAT64)
                        .putDouble(row, Double.doubleToRawLongBits(value), -1);
            }
            case 7 -> {
                double value = ODD_DOUBLES[random.nextInt(ODD_DOUBLES.length)];
                rows.column(name, FieldType.FLOAT64)
                        .putDouble(row, Double.doubleToRawLongBits(value), random.nextInt(4));
            }
            case 8 -> text(rows, name, row, "state-" + random.nextInt(5));
            case 9 -> text(rows, name, row, "é" + random.nextLong());
            case 10 -> text(rows, name, row, "");
            case 12 ->
                    rows.column(name, FieldType.UINT64).put(row, Uint64.fold(random.nextInt(101)));
            case 13 -> rows.column(name, FieldType.UINT64).put(row, random.nextLong());
            default -> text(rows, name, row, "x".repeat(random.nextInt(40)));
        }
    }

    private static void text(MeasurementRows rows, String name, int row, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        rows.column(name, FieldType.STRING).putString(row, utf8, 0, utf8.length);
    }

    /// Everything a reader of the batch can see, one line a row; equal batches have equal text.
    static List<String> describe(PointBatch batch) {
        var lines = new ArrayList<String>();
        lines.add("database " + batch.number() + " catalog " + batch.catalogIndex());
        for (MeasurementRows rows : batch.measurements()) {
            if (rows.rowCount() > 0 || !rows.newSeries().isEmpty()) {
                describe(rows, lines);
            }
        }
        return lines;
    }

    private static void describe(MeasurementRows rows, List<String> lines) {
        lines.add("measurement " + rows.number() + " new " + rows.newSeries());
        var columns = new ArrayList<FieldColumn>();
        for (FieldColumn column : rows.columns()) {
            for (int row = 0; row < rows.rowCount(); row++) {
                if (column.isPresent(row)) {
                    columns.add(column);
                    break;
                }
            }
        }
        for (FieldColumn column : columns) {
            lines.add(
                    "field "
                            + column.number()
                            + " "
                            + column.type()
                            + (column.type() == FieldType.FLOAT64 ? " " + column.decimals() : ""));
        }
        for (int row = 0; row < rows.rowCount(); row++) {
            var line = new StringBuilder();
            line.append(rows.series()[row]).append(' ').append(rows.times()[row]);
            for (FieldColumn column : columns) {
                line.append(' ').append(value(column, row));
            }
            lines.add(line.toString());
        }
    }

    private static String value(FieldColumn column, int row) {
        if (!column.isPresent(row)) {
            return "-";
        }
        long bits = column.values()[row];
        if (column.type() != FieldType.STRING) {
            return Long.toHexString(bits);
        }
        return "'"
                + new String(column.heap(), (int) (bits >>> 32), (int) bits, StandardCharsets.UTF_8)
                + "'";
    }
}
