package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.fragment.QueryControl;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;

/// One row of counts that are known already.
final class CountSource implements BatchSource {
    private final long[] counts;
    private boolean isDone;

    CountSource(long... counts) {
        this.counts = counts;
    }

    /// The row as a result.
    static StreamedResult result(List<String> names, QueryControl control, long... counts) {
        return new StreamedResult(
                names.stream().map(name -> new ResultColumn(name, ColumnType.INT64)).toList(),
                _ -> new CountSource(counts),
                1,
                control);
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (isDone) {
            return null;
        }
        isDone = true;
        var row = new ColumnBatch(Collections.nCopies(counts.length, ColumnType.INT64));
        for (int column = 0; column < counts.length; column++) {
            row.column(column).longs()[0] = counts[column];
            row.column(column).setAllPresent();
        }
        row.setRowCount(1);
        return row;
    }

    @Override
    public void close() {
        isDone = true;
    }
}
