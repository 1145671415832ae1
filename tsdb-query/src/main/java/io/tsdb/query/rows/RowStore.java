package io.tsdb.query.rows;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.DictionaryMapper;
import io.tsdb.query.column.StringDictionary;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// Rows held back, in columns that grow: to be sorted, or replaced by better ones. One thread.
public final class RowStore {
    private final List<ColumnType> types;
    private final MemoryAccount memory;
    private final long[][] longs;
    private final double[][] doubles;
    private final long[][] present;
    private final boolean[] hasNull;
    private final @Nullable DictionaryMapper[] mappers;
    private int size;
    private int capacity;

    /// @param memory that rows are reserved at before they are held
    public RowStore(List<ColumnType> types, MemoryAccount memory) {
        this.types = types;
        this.memory = memory;
        this.longs = new long[types.size()][0];
        this.doubles = new double[types.size()][0];
        this.present = new long[types.size()][0];
        this.hasNull = new boolean[types.size()];
        this.mappers = new DictionaryMapper[types.size()];
        for (int i = 0; i < mappers.length; i++) {
            if (types.get(i) == ColumnType.STRING) {
                var mapper = new DictionaryMapper(memory);
                mapper.target().idOf("");
                mappers[i] = mapper;
            }
        }
    }

    public int size() {
        return size;
    }

    public List<ColumnType> types() {
        return types;
    }

    private void ensure(int rows) {
        if (rows <= capacity) {
            return;
        }
        int before = capacity;
        int after = Math.max(256, rows + rows / 2);
        memory.reserve(rowBytes(after));
        capacity = after;
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) == ColumnType.FLOAT64) {
                doubles[i] = Arrays.copyOf(doubles[i], capacity);
            } else {
                longs[i] = Arrays.copyOf(longs[i], capacity);
            }
            present[i] = Arrays.copyOf(present[i], (capacity + 63) >>> 6);
        }
        memory.release(rowBytes(before));
    }

    private long rowBytes(int rows) {
        return (long) types.size() * (rows * 8L + ((rows + 63) >>> 6) * 8L);
    }

    /// Appends rows `[from, from + count)` of some vectors.
    public void append(ColumnVector[] rows, int from, int count) {
        int at = size;
        ensure(at + count);
        for (int i = 0; i < types.size(); i++) {
            copy(i, at, rows[i], from, count);
        }
        size = at + count;
    }

    /// Replaces a row, or appends it when `row` is [#size()].
    public void set(int row, ColumnVector[] rows, int from) {
        ensure(row + 1);
        for (int i = 0; i < types.size(); i++) {
            copy(i, row, rows[i], from, 1);
        }
        size = Math.max(size, row + 1);
    }

    private void copy(int column, int at, ColumnVector rows, int from, int count) {
        DictionaryMapper mapper = mappers[column];
        if (mapper != null) {
            int[] map = mapper.map(rows, from, count);
            for (int i = 0; i < count; i++) {
                longs[column][at + i] = Math.max(0, map[rows.ids()[from + i]]);
            }
        } else if (types.get(column) == ColumnType.FLOAT64) {
            System.arraycopy(rows.doubles(), from, doubles[column], at, count);
        } else {
            System.arraycopy(rows.longs(), from, longs[column], at, count);
        }
        long[] bits = present[column];
        for (int i = 0; i < count; i++) {
            int row = at + i;
            long bit = 1L << row;
            if (rows.isPresent(from + i)) {
                bits[row >>> 6] |= bit;
            } else {
                bits[row >>> 6] &= ~bit;
                hasNull[column] = true;
            }
        }
    }

    public boolean isPresent(int column, int row) {
        return (present[column][row >>> 6] >>> row & 1) != 0;
    }

    /// Values of a column; of a STRING column ids into [#strings].
    public long[] longs(int column) {
        return longs[column];
    }

    public double[] doubles(int column) {
        return doubles[column];
    }

    /// The strings of a STRING column; id 0 is the empty one.
    public StringDictionary strings(int column) {
        DictionaryMapper mapper = mappers[column];
        if (mapper == null) {
            throw new IllegalStateException("BUG: column " + column + " has no strings");
        }
        return mapper.target();
    }

    /// Writes rows `order[from, from + count)` to rows `[0, count)` of a batch.
    public void write(int[] order, int from, int count, ColumnBatch target) {
        for (int i = 0; i < types.size(); i++) {
            writeColumn(i, order, from, count, target.column(i));
        }
        target.setRowCount(count);
    }

    /// Writes one column of rows `order[from, from + count)`.
    public void writeColumn(int column, int[] order, int from, int count, ColumnVector target) {
        target.setAllPresent();
        switch (types.get(column)) {
            case TIMESTAMP, INT64, UINT64, BOOL -> {
                long[] of = longs[column];
                long[] to = target.longs();
                for (int i = 0; i < count; i++) {
                    to[i] = of[order[from + i]];
                }
            }
            case FLOAT64 -> {
                double[] of = doubles[column];
                double[] to = target.doubles();
                for (int i = 0; i < count; i++) {
                    to[i] = of[order[from + i]];
                }
            }
            case STRING -> {
                long[] of = longs[column];
                int[] to = target.ids();
                for (int i = 0; i < count; i++) {
                    to[i] = (int) of[order[from + i]];
                }
                target.setDictionary(strings(column));
            }
        }
        if (hasNull[column]) {
            for (int i = 0; i < count; i++) {
                if (!isPresent(column, order[from + i])) {
                    target.setNull(i);
                }
            }
        }
    }
}
