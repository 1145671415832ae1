package io.tsdb.query.rows;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.DictionaryMapper;
import io.tsdb.query.column.TupleTable;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Groups by key columns of any type: key values become longs, strings by a dictionary of this
/// table's own, and the tuple's last long says which keys are null. One thread.
public final class GroupKeys {
    /// Most keys: bits of the long that says which are null.
    public static final int KEYS_MAX = 63;

    private final List<ColumnType> types;
    private final @Nullable DictionaryMapper[] mappers;
    private final TupleTable table;
    private final int width;
    private final long[] tuples;
    private final long[] lastTuple;
    private int lastSlot = -1;
    private boolean isLastKnown;

    /// @param memory that the groups are reserved at before they are made
    public GroupKeys(List<ColumnType> types, MemoryAccount memory) {
        this.types = types;
        this.width = types.size() + 1;
        this.table = new TupleTable(width, memory);
        memory.reserve((long) ColumnVector.ROWS_MAX * width * Long.BYTES);
        this.tuples = new long[ColumnVector.ROWS_MAX * width];
        this.lastTuple = new long[width];
        this.mappers = new DictionaryMapper[types.size()];
        for (int i = 0; i < mappers.length; i++) {
            if (types.get(i) == ColumnType.STRING) {
                mappers[i] = new DictionaryMapper(memory);
            }
        }
    }

    public int size() {
        return table.size();
    }

    /// Slots of rows `[0, count)`; new groups are added.
    public void slots(ColumnVector[] keys, int count, int[] slots) {
        fill(keys, count, true);
        for (int row = 0; row < count; row++) {
            slots[row] = slot(row * width);
        }
    }

    /// @param adds whether strings that are new are added, too
    private void fill(ColumnVector[] keys, int count, boolean adds) {
        for (int row = 0; row < count; row++) {
            tuples[row * width + width - 1] = 0;
        }
        for (int key = 0; key < keys.length; key++) {
            encode(key, keys[key], count, adds);
        }
    }

    /// Slots of rows `[0, count)`, -1 where there is no such group or a key is null. No group is
    /// added from here on.
    public void find(ColumnVector[] keys, int count, int[] slots) {
        fill(keys, count, false);
        for (int row = 0; row < count; row++) {
            int at = row * width;
            slots[row] = tuples[at + width - 1] == 0 ? find(at) : -1;
        }
    }

    private int find(int at) {
        if (!isLast(at)) {
            lastSlot = table.find(tuples, at);
            System.arraycopy(tuples, at, lastTuple, 0, width);
            isLastKnown = true;
        }
        return lastSlot;
    }

    /// Neighbouring rows often are of one group, so the last one is looked at first.
    private int slot(int at) {
        if (!isLast(at) || lastSlot < 0) {
            lastSlot = table.slot(tuples, at);
            System.arraycopy(tuples, at, lastTuple, 0, width);
            isLastKnown = true;
        }
        return lastSlot;
    }

    private boolean isLast(int at) {
        boolean same = isLastKnown;
        for (int i = 0; i < width && same; i++) {
            same = tuples[at + i] == lastTuple[i];
        }
        return same;
    }

    private void encode(int key, ColumnVector values, int count, boolean adds) {
        DictionaryMapper mapper = mappers[key];
        if (mapper != null) {
            int[] map = adds ? mapper.map(values, 0, count) : mapper.find(values, 0, count);
            int[] ids = values.ids();
            for (int row = 0; row < count; row++) {
                tuples[row * width + key] = map[ids[row]];
            }
        } else if (types.get(key) == ColumnType.FLOAT64) {
            double[] doubles = values.doubles();
            for (int row = 0; row < count; row++) {
                // equal doubles, NaN and the zeros included, have equal bits
                tuples[row * width + key] = Double.doubleToLongBits(doubles[row] + 0.0);
            }
        } else {
            long[] longs = values.longs();
            for (int row = 0; row < count; row++) {
                tuples[row * width + key] = longs[row];
            }
        }
        if (!values.allPresent()) {
            for (int row = 0; row < count; row++) {
                if (!values.isPresent(row)) {
                    tuples[row * width + key] = 0;
                    tuples[row * width + width - 1] |= 1L << key;
                }
            }
        }
    }

    /// Writes the keys of slots `[from, from + count)` to rows `[0, count)` of the first columns.
    public void write(int from, int count, ColumnVector[] target) {
        long[] all = table.tuples();
        for (int key = 0; key < types.size(); key++) {
            ColumnVector column = target[key];
            column.setAllPresent();
            for (int row = 0; row < count; row++) {
                int at = (from + row) * width;
                long value = all[at + key];
                switch (types.get(key)) {
                    case TIMESTAMP, INT64, UINT64, BOOL -> column.longs()[row] = value;
                    case FLOAT64 -> column.doubles()[row] = Double.longBitsToDouble(value);
                    case STRING -> column.ids()[row] = (int) value;
                }
                if ((all[at + width - 1] >>> key & 1) != 0) {
                    column.setNull(row);
                }
            }
            DictionaryMapper mapper = mappers[key];
            if (mapper != null) {
                if (mapper.target().size() == 0) {
                    mapper.target().idOf("");
                }
                column.setDictionary(mapper.target());
            }
        }
    }
}
