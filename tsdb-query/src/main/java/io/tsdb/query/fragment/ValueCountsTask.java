package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;

/// Hands out how many series of a shard each value of a tag has, from the index of series in
/// memory. Values go by their hashes: a text is made of those alone that may be asked for.
final class ValueCountsTask implements FragmentTask {
    /// Values with more series than this are all among those with the most.
    private static final int COUNTED_MAX = 1 << 12;

    private final MeasurementScan scan;
    private final QueryControl control;
    private final @Nullable TagColumn values;

    /// Values with more series have their text, and so many of those that have as many.
    private int least;

    private int leastLeft;
    private int nextValue;

    /// @param scan closed with the task
    ValueCountsTask(Fragment.ValueCounts fragment, MeasurementScan scan, QueryControl control) {
        this.scan = scan;
        this.control = control;
        this.values = scan.series().tag(fragment.tag()).orElse(null);
        if (values != null) {
            rank(values, fragment.texts());
        }
    }

    /// Finds how many series the last of the `texts` values with the most has.
    private void rank(TagColumn column, int texts) {
        int[] valuesBySeries = new int[COUNTED_MAX + 1];
        for (int value = 0; value < column.valueCount(); value++) {
            valuesBySeries[Math.min(COUNTED_MAX, column.seriesCount(value))]++;
        }
        long left = texts - (long) valuesBySeries[COUNTED_MAX];
        least = COUNTED_MAX;
        while (left > 0 && least > 1) {
            least--;
            leastLeft = (int) Math.min(left, valuesBySeries[least]);
            left -= valuesBySeries[least];
        }
        if (least == COUNTED_MAX) {
            least = COUNTED_MAX - 1;
        }
    }

    @Override
    public boolean next(ColumnBatch target) {
        control.nextBlock();
        TagColumn column = values;
        if (column == null) {
            target.setRowCount(0);
            return false;
        }
        int[] ids = target.column(0).ids();
        long[] hashes = target.column(1).longs();
        long[] counts = target.column(2).longs();
        var texts = new String[ColumnVector.ROWS_MAX + 1];
        texts[0] = "";
        int textCount = 1;
        int count = 0;
        for (; nextValue < column.valueCount() && count < ColumnVector.ROWS_MAX; nextValue++) {
            int series = column.seriesCount(nextValue);
            if (series == 0) {
                continue;
            }
            ids[count] = 0;
            if (isAmongMost(series)) {
                ids[count] = textCount;
                texts[textCount++] = column.value(nextValue);
            }
            hashes[count] = column.valueHash(nextValue);
            counts[count++] = series;
        }
        target.column(0).setDictionary(texts, textCount);
        for (int i = 0; i < 3; i++) {
            target.column(i).setAllPresent();
        }
        target.setRowCount(count);
        return count > 0;
    }

    private boolean isAmongMost(int series) {
        if (series == least && leastLeft > 0) {
            leastLeft--;
            return true;
        }
        return series > least;
    }

    @Override
    public void close() {
        scan.close();
    }
}
