package io.tsdb.query.fragment;

import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Optional;

/// The rows of a cursor's current block as a window: all of them, or a selection. Columns are
/// decoded when first asked for, and gathered when there is a selection. One thread.
final class ScanRows implements SelectableRows {
    private static final int NO_SERIES = -1;
    private static final String[] NO_STRINGS = {};

    private final ScanColumns columns;
    private final BlockCursor cursor;
    private final @Nullable TagColumn[] tags;
    private final ColumnVector[] whole;
    private final boolean[] isDecoded;
    private final ChosenRows chosen;
    private final int[] tagValues;
    private final boolean[] isTagSet;
    private int blockRowCount;
    private int series = NO_SERIES;
    private boolean seriesChanged;

    ScanRows(ScanColumns columns, SeriesIndex index, BlockCursor cursor, QueryMemory memory) {
        this.columns = columns;
        this.cursor = cursor;
        // decoded, and gathered where there is a selection
        memory.account().reserve(2L * ColumnBatch.memoryBytes(columns.count()));
        this.whole = new ColumnVector[columns.count()];
        this.isDecoded = new boolean[columns.count()];
        this.chosen = new ChosenRows(columns.count());
        this.tags = new TagColumn[columns.tags().size()];
        this.tagValues = new int[columns.tags().size()];
        this.isTagSet = new boolean[columns.tags().size()];
        for (int i = 0; i < columns.count(); i++) {
            whole[i] = new ColumnVector(columns.type(i));
        }
        for (int i = 0; i < tags.length; i++) {
            Optional<TagColumn> tag = index.tag(columns.tags().get(i));
            tags[i] = tag.orElse(null);
        }
    }

    /// Moves to the cursor's current block, all rows of it.
    void beginBlock() {
        Arrays.fill(isDecoded, false);
        blockRowCount = cursor.rowCount();
        chosen.beginAll(blockRowCount);
        seriesChanged = cursor.series() != series;
        if (seriesChanged) {
            series = cursor.series();
            for (int i = 0; i < tags.length; i++) {
                TagColumn column = tags[i];
                tagValues[i] = column == null ? TagColumn.ABSENT : column.valueIdOf(series);
                isTagSet[i] = false;
            }
        }
    }

    /// Whether the block is the first one of its series.
    boolean seriesChanged() {
        return seriesChanged;
    }

    private void setTag(int tag) {
        ColumnVector vector = whole[1 + columns.fields().size() + tag];
        TagColumn column = tags[tag];
        int value = tagValues[tag];
        if (column == null || value == TagColumn.ABSENT) {
            vector.setNonePresent();
            vector.setDictionary(new String[] {""}, 1);
        } else {
            vector.setAllPresent();
            vector.setDictionary(new String[] {column.value(value)}, 1);
        }
    }

    /// Value id of a tag of the current series, or [TagColumn#ABSENT].
    int tagValue(int tag) {
        return tagValues[tag];
    }

    @Override
    public int[] selection() {
        return chosen.selection();
    }

    @Override
    public void select(int count) {
        chosen.select(count);
    }

    /// From here on the window holds only rows `kept[0, count)` of what it held.
    void narrow(int[] kept, int count) {
        chosen.narrow(kept, count);
    }

    /// The string of a tag of the current series, null when it has none.
    @Nullable String tagTextOrNull(int tag) {
        TagColumn column = tags[tag];
        int value = tagValues[tag];
        return column == null || value == TagColumn.ABSENT ? null : column.value(value);
    }

    /// From here on the block is its last row alone.
    void narrowToNewest() {
        cursor.narrowToNewest();
        beginBlock();
    }

    boolean isSelected() {
        return chosen.isSelected();
    }

    @Override
    public int rowCount() {
        return chosen.count();
    }

    @Override
    public ColumnVector column(int index) {
        boolean isTag = index > columns.fields().size();
        if (isTag) {
            // one value for all rows: a selection of it is the same vector
            int tag = columns.tagOf(index);
            if (!isTagSet[tag]) {
                isTagSet[tag] = true;
                setTag(tag);
            }
            return whole[index];
        }
        return chosen.column(index, decoded(index));
    }

    private ColumnVector decoded(int index) {
        ColumnVector vector = whole[index];
        if (!isDecoded[index]) {
            isDecoded[index] = true;
            if (index == ScanColumns.TIME) {
                cursor.times(vector.longs());
            } else {
                decodeField(columns.fieldOf(index), vector);
            }
        }
        return vector;
    }

    private void decodeField(int field, ColumnVector vector) {
        switch (vector.type()) {
            case INT64, UINT64, BOOL, TIMESTAMP ->
                    vector.setPresence(cursor.longs(field, vector.longs(), vector.presence()));
            case FLOAT64 ->
                    vector.setPresence(cursor.doubles(field, vector.doubles(), vector.presence()));
            case STRING -> {
                Presence found = cursor.stringIds(field, vector.ids(), vector.presence());
                vector.setStrings(
                        found == Presence.NONE ? NO_STRINGS : cursor.dictionary(field),
                        found,
                        blockRowCount);
            }
        }
    }

    /// Statistics of a column over all rows of the block, or null when they would have to be
    /// computed. Those of the time are made of the block's bounds; they have no sum.
    @Nullable ColumnStatistics statistics(int index) {
        if (index == ScanColumns.TIME) {
            return new ColumnStatistics(
                    FieldType.INT64,
                    blockRowCount,
                    0,
                    false,
                    cursor.minTime(),
                    cursor.maxTime(),
                    cursor.minTime(),
                    cursor.maxTime(),
                    cursor.minTime(),
                    cursor.maxTime());
        }
        return columns.isField(index) ? cursor.statistics(columns.fieldOf(index)) : null;
    }
}
