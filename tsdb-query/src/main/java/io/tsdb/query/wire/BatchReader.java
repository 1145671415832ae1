package io.tsdb.query.wire;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

/// Bytes to batches of rows.
public final class BatchReader {
    private static final String[] NO_TEXT = {""};

    private BatchReader() {}

    /// @param target whose columns have arrays of their own; their types are what is expected
    /// @throws WireException when the bytes are no batch of such columns; the target is then
    ///   undefined
    public static void read(byte[] bytes, ColumnBatch target) {
        var in = new WireInput(bytes, WireLayout.KIND_BATCH);
        int columnCount = in.smallCount();
        if (columnCount != target.columnCount()) {
            throw in.wrong(
                    "there are " + columnCount + " columns, expected " + target.columnCount());
        }
        int rowCount = in.smallCount();
        if (rowCount > ColumnVector.ROWS_MAX) {
            throw in.wrong(rowCount + " rows are more than " + ColumnVector.ROWS_MAX);
        }
        for (int i = 0; i < columnCount; i++) {
            read(in, rowCount, target.column(i));
        }
        in.requireEnd();
        target.setRowCount(rowCount);
    }

    private static void read(WireInput in, int rowCount, ColumnVector column) {
        ColumnType type = in.constant(ColumnType.values(), WireCodes::of);
        if (type != column.type()) {
            throw in.wrong(
                    "a column is of " + type.sqlName() + ", expected " + column.type().sqlName());
        }
        column.setAllPresent();
        if (!in.flag()) {
            column.setNonePresent();
            in.fixed(column.presence(), (rowCount + 63) >>> 6);
        }
        switch (type) {
            case TIMESTAMP, INT64, UINT64 -> in.fixed(column.longs(), rowCount);
            case BOOL -> bools(in, rowCount, column);
            case FLOAT64 -> in.fixed(column.doubles(), rowCount);
            case STRING -> texts(in, rowCount, column);
        }
    }

    private static void bools(WireInput in, int rowCount, ColumnVector column) {
        var words = new long[(rowCount + 63) >>> 6];
        in.fixed(words, words.length);
        long[] values = column.longs();
        for (int row = 0; row < rowCount; row++) {
            values[row] = words[row >>> 6] >>> row & 1;
        }
    }

    private static void texts(WireInput in, int rowCount, ColumnVector column) {
        int count = in.smallCount();
        if (count > rowCount) {
            throw in.wrong(count + " texts are more than the " + rowCount + " rows");
        }
        var texts = new String[count];
        for (int i = 0; i < count; i++) {
            texts[i] = in.text();
        }
        boolean isNarrow = count <= 1 << Byte.SIZE;
        int[] ids = column.ids();
        for (int row = 0; row < rowCount; row++) {
            int id = isNarrow ? in.raw() : in.raw() | in.raw() << Byte.SIZE;
            if (id >= Math.max(1, count)) {
                throw in.wrong("there is no text " + id);
            }
            if (count == 0 && column.isPresent(row)) {
                throw in.wrong("a row has a text, and there is none");
            }
            ids[row] = id;
        }
        column.setDictionary(count == 0 ? NO_TEXT : texts, Math.max(1, count));
    }
}
