package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.analysis.WindowSpec;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.function.window.AggregateOverWindow;
import io.tsdb.query.function.window.RowChoiceFunction;
import io.tsdb.query.function.window.RowNumberingFunction;
import io.tsdb.query.function.window.RowValueFunction;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.RowOrder;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Rows with the results of calls over a window: all rows are held back and sorted, then computed
/// partition by partition.
final class WindowSource implements BatchSource {
    private final Plan.Window plan;
    private final BatchSource input;
    private final QueryControl control;
    private final MemoryAccount memory;
    private final RowStore rows;
    private final List<WindowColumn> results = new ArrayList<>();
    private final ColumnBatch stored;
    private final ColumnBatch output;
    private int[] order = {};
    private boolean isRead;
    private int written;

    WindowSource(Plan.Window plan, BatchSource input, QueryControl control) {
        this.plan = plan;
        this.input = input;
        this.control = control;
        List<ColumnType> types = plan.input().types();
        this.memory = control.memory().account();
        this.rows = new RowStore(types, memory);
        this.stored = new ColumnBatch(types);
        this.output = new ColumnBatch(plan.types().size());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isRead) {
            isRead = true;
            read();
            compute();
        }
        int count = Math.min(ColumnVector.ROWS_MAX, order.length - written);
        if (count <= 0) {
            return null;
        }
        control.check();
        rows.write(order, written, count, stored);
        int columns = stored.columnCount();
        for (int i = 0; i < columns; i++) {
            output.setColumn(i, stored.column(i));
        }
        for (int i = 0; i < results.size(); i++) {
            output.setColumn(columns + i, results.get(i).write(written, count));
        }
        output.setRowCount(count);
        written += count;
        return output;
    }

    private void read() {
        for (ColumnBatch batch = input.next(); batch != null; batch = input.next()) {
            control.check();
            rows.append(batch.columns(), 0, batch.rowCount());
        }
    }

    private void compute() {
        WindowSpec window = plan.calls().getFirst().window();
        var keys = new ArrayList<SortKey>();
        for (BoundExpression key : window.partitionBy()) {
            keys.add(new SortKey(column(key), false, false));
        }
        for (Order key : window.orderBy()) {
            keys.add(new SortKey(column(key.expression()), key.descending(), key.nullsFirst()));
        }
        // the ends of peers, and what calls hold but for the results of aggregates
        long perRow = Long.BYTES * (1L + plan.calls().size());
        memory.reserve(perRow * rows.size());
        order = RowOrder.sorted(rows, keys, memory);
        int partitionCount = window.partitionBy().size();
        var partitions =
                new PartitionRows(
                        rows,
                        order,
                        keys.stream().limit(partitionCount).mapToInt(SortKey::column).toArray(),
                        keys.subList(partitionCount, keys.size()),
                        memory);
        for (WindowCall call : plan.calls()) {
            results.add(result(call));
        }
        while (partitions.next()) {
            control.check();
            for (WindowColumn result : results) {
                result.compute(partitions);
            }
        }
    }

    private WindowColumn result(WindowCall call) {
        int[] arguments = call.arguments().stream().mapToInt(WindowSource::column).toArray();
        return switch (call.function()) {
            case AggregateOverWindow(var aggregate) ->
                    new AggregateColumn(aggregate, call, arguments, rows, order, control);
            case RowChoiceFunction f ->
                    new ChoiceColumn(
                            f, call.window().frame(), arguments, rows, order, control.memory());
            case RowNumberingFunction f -> new NumberingColumn(f, order.length);
            case RowValueFunction f -> new ValueColumn(f, call, arguments, order.length);
        };
    }

    private static int column(BoundExpression expression) {
        if (expression instanceof Input input) {
            return input.index();
        }
        throw new IllegalStateException("BUG: " + expression + " is no column");
    }

    @Override
    public void close() {
        input.close();
    }
}
