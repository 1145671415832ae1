package io.tsdb.query.wire;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;

import java.util.Arrays;

/// Batches of rows to bytes: of rows, and of partial groups, whose states are columns. Values of
/// absent rows are not told: they become 0. One thread.
public final class BatchWriter {
    private static final int CAPACITY = 16 << 10;

    private final long[] words = new long[ColumnVector.PRESENCE_WORDS];
    private final long[] longs = new long[ColumnVector.ROWS_MAX];
    private final double[] doubles = new double[ColumnVector.ROWS_MAX];
    private final int[] ids = new int[ColumnVector.ROWS_MAX];
    private final int[] used = new int[ColumnVector.ROWS_MAX];
    private int[] numbers = {};

    public byte[] toBytes(ColumnBatch batch) {
        WireOutput out = WireOutput.of(WireLayout.KIND_BATCH, CAPACITY);
        out.count(batch.columnCount());
        out.count(batch.rowCount());
        for (int i = 0; i < batch.columnCount(); i++) {
            write(batch.column(i), batch.rowCount(), out);
        }
        return out.toBytes();
    }

    private void write(ColumnVector column, int rowCount, WireOutput out) {
        out.raw(WireCodes.of(column.type()));
        out.flag(column.allPresent());
        if (!column.allPresent()) {
            int wordCount = (rowCount + 63) >>> 6;
            System.arraycopy(column.presence(), 0, words, 0, wordCount);
            if ((rowCount & 63) != 0) {
                words[wordCount - 1] &= -1L >>> -rowCount;
            }
            out.fixed(words, 0, wordCount);
        }
        switch (column.type()) {
            case TIMESTAMP, INT64, UINT64 -> out.fixed(present(column, rowCount), 0, rowCount);
            case BOOL -> bools(column, rowCount, out);
            case FLOAT64 -> {
                for (int row = 0; row < rowCount; row++) {
                    doubles[row] = column.isPresent(row) ? column.doubles()[row] : 0;
                }
                out.fixed(doubles, rowCount);
            }
            case STRING -> texts(column, rowCount, out);
        }
    }

    private long[] present(ColumnVector column, int rowCount) {
        if (column.allPresent()) {
            return column.longs();
        }
        for (int row = 0; row < rowCount; row++) {
            longs[row] = column.isPresent(row) ? column.longs()[row] : 0;
        }
        return longs;
    }

    private void bools(ColumnVector column, int rowCount, WireOutput out) {
        Arrays.fill(words, 0);
        for (int row = 0; row < rowCount; row++) {
            if (column.isPresent(row)) {
                words[row >>> 6] |= (column.longs()[row] & 1) << row;
            }
        }
        out.fixed(words, 0, (rowCount + 63) >>> 6);
    }

    /// The texts that the rows use, once each, then a number for each row.
    private void texts(ColumnVector column, int rowCount, WireOutput out) {
        int size = column.dictionarySize();
        if (numbers.length < size) {
            numbers = new int[Math.max(size, 2 * numbers.length)];
            Arrays.fill(numbers, -1);
        }
        int count = 0;
        for (int row = 0; row < rowCount; row++) {
            if (!column.isPresent(row)) {
                ids[row] = 0;
                continue;
            }
            int id = column.ids()[row];
            if (numbers[id] < 0) {
                numbers[id] = count;
                used[count++] = id;
            }
            ids[row] = numbers[id];
        }
        out.count(count);
        for (int i = 0; i < count; i++) {
            out.text(column.dictionary()[used[i]]);
            numbers[used[i]] = -1;
        }
        boolean isNarrow = count <= 1 << Byte.SIZE;
        for (int row = 0; row < rowCount; row++) {
            out.raw(ids[row]);
            if (!isNarrow) {
                out.raw(ids[row] >>> Byte.SIZE);
            }
        }
    }
}
