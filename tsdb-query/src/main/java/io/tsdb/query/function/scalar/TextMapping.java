package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// A function of one column of texts: computed once for each text that occurs in a batch. The
/// dictionary behind the batch may be far larger, so it is never gone through.
final class TextMapping {
    /// Dictionaries up to this size have an array of what was computed; in larger ones only
    /// neighbouring rows share.
    private static final int MEMO_MAX = 4 * ColumnVector.ROWS_MAX;

    /// From a text to a text.
    @FunctionalInterface
    interface Mapping {
        /// @param site where the outcome is reserved before it is made
        @Nullable String map(String text, CallSite site);
    }

    private TextMapping() {}

    /// Sets the rows of the result that are present.
    static void map(
            ColumnVector from, int rowCount, ColumnVector result, CallSite site, Mapping mapping) {
        int[] ids = from.ids();
        String[] dictionary = from.dictionary();
        int size = from.dictionarySize();
        boolean remembers = size <= MEMO_MAX;
        int[] rowOf = new int[remembers ? Math.max(1, size) : 0];
        Arrays.fill(rowOf, -1);
        var texts = new @Nullable String[rowCount];
        var rows = new TextRows(rowCount, result);
        int last = -1;
        for (int row = 0; row < rowCount; row++) {
            if (!result.isPresent(row)) {
                rows.put(row, null);
                continue;
            }
            int id = ids[row];
            int known = remembers ? rowOf[id] : last >= 0 && ids[last] == id ? last : -1;
            texts[row] = known >= 0 ? texts[known] : mapping.map(dictionary[id], site);
            if (remembers && known < 0) {
                rowOf[id] = row;
            }
            last = row;
            rows.put(row, texts[row]);
        }
        rows.finish();
    }
}
