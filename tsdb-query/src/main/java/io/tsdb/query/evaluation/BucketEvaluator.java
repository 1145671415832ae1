package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.TimeGrid;

/// `time_bucket`: the grid is asked once per run of times in one bucket.
final class BucketEvaluator implements Evaluator {
    private final TimeGrid grid;
    private final Evaluator operand;
    private final ColumnVector result = new ColumnVector(ColumnType.TIMESTAMP);

    BucketEvaluator(TimeGrid grid, Evaluator operand) {
        this.grid = grid;
        this.operand = operand;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector times = operand.evaluate(rows);
        long[] values = times.longs();
        long[] starts = result.longs();
        int count = rows.rowCount();
        long start = 0;
        long last = -1;
        for (int i = 0; i < count; i++) {
            long time = values[i];
            if (time < start || time > last) {
                long index = grid.index(time);
                start = grid.start(index);
                last = grid.next(index) - 1;
            }
            starts[i] = start;
        }
        result.copyPresence(times);
        return result;
    }
}
