package io.tsdb.query.column;

import io.tsdb.query.budget.MemoryAccount;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Fills batches with rows of vectors that come in other portions; strings get ids of dictionaries
/// that stay the same from batch to batch. One thread.
public final class BatchAppender {
    /// Batches that may wait to be read while another one is filled.
    private static final int BATCHES_IN_USE = 3;

    private final @Nullable DictionaryMapper[] mappers;

    /// @param types of the batches' columns
    public BatchAppender(List<ColumnType> types, MemoryAccount memory) {
        mappers = new DictionaryMapper[types.size()];
        for (int i = 0; i < mappers.length; i++) {
            mappers[i] =
                    types.get(i) == ColumnType.STRING
                            ? new DictionaryMapper(memory, BATCHES_IN_USE)
                            : null;
        }
    }

    /// Empties a batch before rows are appended.
    public void begin(ColumnBatch batch) {
        batch.setRowCount(0);
        for (int i = 0; i < mappers.length; i++) {
            batch.column(i).setAllPresent();
            DictionaryMapper mapper = mappers[i];
            if (mapper != null) {
                mapper.rotateIfLarge();
            }
        }
    }

    /// Appends rows `[from, from + count)`, which must fit.
    public void append(ColumnBatch batch, ColumnVector[] rows, int from, int count) {
        int at = batch.rowCount();
        for (int i = 0; i < mappers.length; i++) {
            appendColumn(batch.column(i), at, rows[i], from, count, mappers[i]);
        }
        batch.setRowCount(at + count);
    }

    /// Makes an appended batch ready to be read.
    public void finish(ColumnBatch batch) {
        for (int i = 0; i < mappers.length; i++) {
            DictionaryMapper mapper = mappers[i];
            if (mapper != null) {
                batch.column(i).setDictionary(mapper.target());
            }
        }
    }

    private static void appendColumn(
            ColumnVector to,
            int at,
            ColumnVector from,
            int first,
            int count,
            @Nullable DictionaryMapper mapper) {
        if (mapper != null) {
            int[] map = mapper.map(from, first, count);
            int[] ids = from.ids();
            int[] target = to.ids();
            for (int i = 0; i < count; i++) {
                // an absent row may map to -1; its id must still lie within the dictionary
                target[at + i] = Math.max(0, map[ids[first + i]]);
            }
        } else if (to.type() == ColumnType.FLOAT64) {
            System.arraycopy(from.doubles(), first, to.doubles(), at, count);
        } else {
            System.arraycopy(from.longs(), first, to.longs(), at, count);
        }
        if (!from.allPresent() || !to.allPresent()) {
            for (int i = 0; i < count; i++) {
                if (from.isPresent(first + i)) {
                    to.setPresent(at + i);
                } else {
                    to.setNull(at + i);
                }
            }
        }
    }
}
