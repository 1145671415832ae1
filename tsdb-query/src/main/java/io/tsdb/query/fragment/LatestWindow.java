package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.SeriesIndex;

import java.util.Arrays;

/// Rows of a table of newest rows as a window, a row a series. Columns are filled when first asked
/// for, and gathered when there is a selection. One thread.
final class LatestWindow implements SelectableRows {
    private final ScanColumns columns;
    private final LatestRows rows;
    private final TagTexts[] texts;
    private final long[][] tagIds;
    private final ColumnVector[] whole;
    private final boolean[] isFilled;
    private final ChosenRows chosen;
    private int wholeCount;

    LatestWindow(ScanColumns columns, SeriesIndex index, LatestRows rows, MemoryAccount memory) {
        this.columns = columns;
        this.rows = rows;
        // filled, and gathered where there is a selection
        memory.reserve(2L * columns.count() * ColumnVector.MEMORY_BYTES);
        this.whole = new ColumnVector[columns.count()];
        this.isFilled = new boolean[columns.count()];
        this.chosen = new ChosenRows(columns.count());
        for (int i = 0; i < whole.length; i++) {
            whole[i] = new ColumnVector(columns.type(i));
        }
        this.texts = new TagTexts[columns.tags().size()];
        this.tagIds = new long[texts.length][ColumnVector.ROWS_MAX];
        for (int tag = 0; tag < texts.length; tag++) {
            texts[tag] = new TagTexts(index.tag(columns.tags().get(tag)).orElse(null), memory);
        }
    }

    /// Moves on to the table's next rows.
    ///
    /// @return how many these are, 0 at the end
    int next() {
        wholeCount = rows.next();
        chosen.beginAll(wholeCount);
        Arrays.fill(isFilled, false);
        for (int tag = 0; tag < texts.length; tag++) {
            texts[tag].ids(rows.series(), wholeCount, tagIds[tag]);
        }
        return wholeCount;
    }

    /// Which of the table's rows a row of the window is.
    int place(int row) {
        return chosen.place(row);
    }

    /// Ids of a tag's values, of all of the table's rows.
    long[] tagIds(int tag) {
        return tagIds[tag];
    }

    @Override
    public int[] selection() {
        return chosen.selection();
    }

    @Override
    public void select(int count) {
        chosen.select(count);
    }

    @Override
    public int rowCount() {
        return chosen.count();
    }

    @Override
    public ColumnVector column(int index) {
        return chosen.column(index, filled(index));
    }

    private ColumnVector filled(int index) {
        ColumnVector vector = whole[index];
        if (!isFilled[index]) {
            isFilled[index] = true;
            if (index == ScanColumns.TIME) {
                System.arraycopy(rows.times(), 0, vector.longs(), 0, wholeCount);
            } else if (columns.isField(index)) {
                fill(columns.fieldOf(index), vector);
            } else {
                int tag = columns.tagOf(index);
                texts[tag].write(tagIds[tag], 0, wholeCount, vector);
            }
        }
        return vector;
    }

    private void fill(int field, ColumnVector vector) {
        switch (vector.type()) {
            case INT64, UINT64, BOOL, TIMESTAMP ->
                    vector.setPresence(rows.longs(field, vector.longs(), vector.presence()));
            case FLOAT64 ->
                    vector.setPresence(rows.doubles(field, vector.doubles(), vector.presence()));
            case STRING -> {
                Presence found = rows.stringIds(field, vector.ids(), vector.presence());
                vector.setStrings(rows.dictionary(field), found, wholeCount);
            }
        }
    }
}
