package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Iterator;

/// Counts the series of a shard and hands out the values of their tags as hashes, from the index of
/// series in memory: no block is looked at.
final class CardinalityTask implements FragmentTask {
    private final MeasurementScan scan;
    private final QueryControl control;
    private final SeriesIndex index;
    private final Iterator<String> tags;
    private boolean isCounted;
    private String tag = "";
    private @Nullable TagColumn values;
    private int nextValue;

    /// @param scan closed with the task
    CardinalityTask(MeasurementScan scan, QueryControl control) {
        this.scan = scan;
        this.control = control;
        this.index = scan.series();
        this.tags = index.tagKeys().iterator();
    }

    @Override
    public boolean next(ColumnBatch target) {
        control.nextBlock();
        long[] numbers = target.column(1).longs();
        int count = 0;
        if (!isCounted) {
            isCounted = true;
            numbers[count++] = index.ids().getCardinality();
        } else {
            while (count == 0 && advance()) {
                count = hashes(numbers);
            }
        }
        ColumnVector names = target.column(0);
        Arrays.fill(names.ids(), 0, count, 0);
        names.setAllPresent();
        names.setDictionary(new String[] {tag}, 1);
        target.column(1).setAllPresent();
        target.setRowCount(count);
        return count > 0;
    }

    /// Goes on to the next tag when all values of the current one are out.
    private boolean advance() {
        while (values == null || nextValue == values.valueCount()) {
            if (!tags.hasNext()) {
                return false;
            }
            tag = tags.next();
            values = index.tag(tag).orElse(null);
            nextValue = 0;
        }
        return true;
    }

    private int hashes(long[] target) {
        TagColumn column = values;
        int count = 0;
        while (column != null && nextValue < column.valueCount() && count < target.length) {
            if (column.seriesCount(nextValue) > 0) {
                target[count++] = column.valueHash(nextValue);
            }
            nextValue++;
        }
        return count;
    }

    @Override
    public void close() {
        scan.close();
    }
}
