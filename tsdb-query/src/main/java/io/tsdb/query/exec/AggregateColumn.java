package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.fragment.RowStore;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.sql.Position;

import java.util.Arrays;
import java.util.List;

/// Aggregates of frames. A frame that begins where the one before it did takes in what is new; any
/// other is taken in whole, so a frame that moves costs its rows for each row.
final class AggregateColumn implements WindowColumn {
    /// Rows taken in between two looks at whether the query goes on.
    private static final int ROWS_PER_CHECK = 65_536;

    private final AggregateFunction function;
    private final WindowCall call;
    private final int argument;
    private final RowStore rows;
    private final int[] order;
    private final QueryControl control;
    private final ColumnVector values;
    private final ColumnVector[] result;
    private final RowStore results;
    private final int[] all;
    private final ColumnVector output;
    private final MemoryAccount frameMemory;
    private final long[] noTimes = new long[ColumnVector.ROWS_MAX];
    private int rowsSinceCheck;

    /// @param argument column of the call's argument
    AggregateColumn(
            AggregateFunction function,
            WindowCall call,
            int argument,
            RowStore rows,
            int[] order,
            QueryControl control) {
        this.function = function;
        this.call = call;
        this.argument = argument;
        this.rows = rows;
        this.order = order;
        this.control = control;
        this.frameMemory = control.memory().account();
        this.values = new ColumnVector(rows.types().get(argument));
        this.result = new ColumnVector[] {new ColumnVector(call.type())};
        this.results = new RowStore(List.of(call.type()), control.memory().account());
        this.all = new int[ColumnVector.ROWS_MAX];
        this.output = new ColumnVector(call.type());
    }

    @Override
    public void compute(PartitionRows partition) {
        partition.look(call.window().frame(), new int[] {argument});
        Accumulator accumulator = fresh();
        int from = partition.from();
        int to = from;
        boolean isWritten = false;
        Position at = call.place().position();
        for (int row = partition.from(); row < partition.to(); row++) {
            int frameFrom = partition.frameFrom(row);
            int frameTo = Math.max(frameFrom, partition.frameTo(row));
            if (frameFrom != from || frameTo < to) {
                accumulator = fresh();
                from = frameFrom;
                to = frameFrom;
                isWritten = false;
            }
            if (frameTo > to || !isWritten) {
                add(accumulator, to, frameTo);
                to = frameTo;
                accumulator.writeResult(0, 1, result[0], at);
                isWritten = true;
            }
            results.append(result, 0, 1);
        }
    }

    private Accumulator fresh() {
        // one frame's at a time: what the one before it held is given back
        frameMemory.releaseAll();
        Accumulator accumulator = function.accumulator(values.type(), frameMemory);
        accumulator.ensureSlots(1);
        return accumulator;
    }

    private void add(Accumulator accumulator, int from, int to) {
        for (int at = from; at < to; at += ColumnVector.ROWS_MAX) {
            int count = Math.min(ColumnVector.ROWS_MAX, to - at);
            rows.writeColumn(argument, order, at, count, values);
            accumulator.addRange(0, values, noTimes, 0, count);
            rowsSinceCheck += count;
        }
        if (rowsSinceCheck > ROWS_PER_CHECK) {
            rowsSinceCheck = 0;
            control.check();
        }
    }

    @Override
    public ColumnVector write(int from, int count) {
        Arrays.setAll(all, i -> from + i);
        results.writeColumn(0, all, 0, count, output);
        return output;
    }
}
