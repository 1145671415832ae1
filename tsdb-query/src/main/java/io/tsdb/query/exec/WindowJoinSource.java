package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// `WINDOW JOIN`: both sides are read in turn until one ends, the smaller one; it is held in runs
/// of equal keys, sorted by time, and the other one passes by.
final class WindowJoinSource implements BatchSource {
    private final Plan.WindowJoin plan;
    private final HeldRows left;
    private final HeldRows right;
    private final QueryControl control;
    private final int leftCount;
    private final ColumnVector[] results;
    private final ColumnBatch output;
    private @Nullable SpanAggregates spans;

    WindowJoinSource(
            Plan.WindowJoin plan,
            Supplier<BatchSource> left,
            Supplier<BatchSource> right,
            QueryControl control) {
        this.plan = plan;
        this.left = new HeldRows(plan.left().types(), left, control);
        this.right = new HeldRows(plan.right().types(), right, control);
        this.control = control;
        List<ColumnType> types = plan.types();
        this.leftCount = plan.left().types().size();
        control.memory().account().reserve(ColumnBatch.memoryBytes(types.size()));
        this.results = new ColumnVector[types.size() - leftCount];
        Arrays.setAll(results, i -> new ColumnVector(types.get(leftCount + i)));
        this.output = new ColumnBatch(types.size());
    }

    @Override
    public @Nullable ColumnBatch next() {
        SpanAggregates found = spans;
        if (found == null) {
            found = begin();
            spans = found;
        }
        control.check();
        ColumnBatch batch = left.next();
        if (batch == null) {
            return null;
        }
        found.next(batch, results);
        for (int i = 0; i < leftCount; i++) {
            output.setColumn(i, batch.column(i));
        }
        for (int i = 0; i < results.length; i++) {
            output.setColumn(leftCount + i, results[i]);
        }
        output.setRowCount(batch.rowCount());
        return output;
    }

    private SpanAggregates begin() {
        if (right.endsBefore(left)) {
            right.close();
            return new SpansOfHeldRight(plan, right.rows(), control);
        }
        return new SpansOfHeldLeft(plan, left.rows(), right, control);
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
