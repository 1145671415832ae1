package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.SeriesIndex;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Rows of a table of newest rows as a window, a row a series. Columns are filled when first asked
/// for, and gathered when there is a selection. One thread.
final class LatestWindow implements SelectableRows {
    private final ScanColumns columns;
    private final LatestRows rows;
    private final TagTexts[] texts;
    private final long[][] tagIds;
    private final ColumnVector[] whole;
    private final @Nullable ColumnVector[] gathered;
    private final boolean[] isFilled;
    private final boolean[] isGathered;
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private int wholeCount;
    private int rowCount;
    private boolean isSelected;

    LatestWindow(ScanColumns columns, SeriesIndex index, LatestRows rows, MemoryAccount memory) {
        this.columns = columns;
        this.rows = rows;
        // filled, and gathered where there is a selection
        memory.reserve(2L * columns.count() * ColumnVector.MEMORY_BYTES);
        this.whole = new ColumnVector[columns.count()];
        this.gathered = new ColumnVector[columns.count()];
        this.isFilled = new boolean[columns.count()];
        this.isGathered = new boolean[columns.count()];
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
        rowCount = wholeCount;
        isSelected = false;
        Arrays.fill(isFilled, false);
        Arrays.fill(isGathered, false);
        for (int tag = 0; tag < texts.length; tag++) {
            texts[tag].ids(rows.series(), wholeCount, tagIds[tag]);
        }
        return wholeCount;
    }

    /// Which of the table's rows a row of the window is.
    int place(int row) {
        return isSelected ? selection[row] : row;
    }

    /// Ids of a tag's values, of all of the table's rows.
    long[] tagIds(int tag) {
        return tagIds[tag];
    }

    @Override
    public int[] selection() {
        return selection;
    }

    @Override
    public void select(int count) {
        rowCount = count;
        isSelected = true;
    }

    @Override
    public int rowCount() {
        return rowCount;
    }

    @Override
    public ColumnVector column(int index) {
        if (!isSelected) {
            return filled(index);
        }
        ColumnVector target = gathered[index];
        if (target == null) {
            target = new ColumnVector(whole[index].type());
            gathered[index] = target;
        }
        if (!isGathered[index]) {
            isGathered[index] = true;
            target.gather(filled(index), selection, rowCount);
        }
        return target;
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
        Presence presence =
                switch (vector.type()) {
                    case INT64, UINT64, BOOL, TIMESTAMP ->
                            rows.longs(field, vector.longs(), vector.presence());
                    case FLOAT64 -> rows.doubles(field, vector.doubles(), vector.presence());
                    case STRING -> strings(field, vector);
                };
        switch (presence) {
            case ALL -> vector.setAllPresent();
            case SOME -> vector.setSomePresent();
            case NONE -> vector.setNonePresent();
        }
    }

    private Presence strings(int field, ColumnVector vector) {
        Presence presence = rows.stringIds(field, vector.ids(), vector.presence());
        String[] dictionary = rows.dictionary(field);
        if (presence == Presence.NONE || dictionary.length == 0) {
            Arrays.fill(vector.ids(), 0);
            vector.setDictionary(new String[] {""}, 1);
            return Presence.NONE;
        }
        vector.setDictionary(dictionary, dictionary.length);
        for (int row = 0; row < wholeCount; row++) {
            // ids of absent rows are undefined there, but must lie within the dictionary here
            if (presence == Presence.SOME && (vector.presence()[row >>> 6] >>> row & 1) == 0) {
                vector.ids()[row] = 0;
            }
        }
        return presence;
    }
}
