package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.Case;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.Frame;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.evaluation.RowWindow;
import io.tsdb.query.function.window.RowChoiceFunction;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Values of other rows: each row's choice is kept, the values stay where the rows are stored.
final class ChoiceColumn implements WindowColumn {
    private final RowChoiceFunction function;
    private final @Nullable Frame frame;
    private final int[] arguments;
    private final RowStore rows;
    private final int[] order;
    private final int[] choices;
    private final int[] picks = new int[ColumnVector.ROWS_MAX];
    private final ColumnVector chosen;
    private final ColumnVector otherwise;
    private final ColumnVector isOtherwise = new ColumnVector(ColumnType.BOOL);
    private final @Nullable Evaluator either;

    /// @param arguments columns of the call's arguments
    /// @param order of the stored rows
    ChoiceColumn(
            RowChoiceFunction function,
            @Nullable Frame frame,
            int[] arguments,
            RowStore rows,
            int[] order,
            QueryMemory memory) {
        this.function = function;
        this.frame = frame;
        this.arguments = arguments;
        this.rows = rows;
        this.order = order;
        this.choices = new int[order.length];
        ColumnType type = rows.types().get(arguments[0]);
        this.chosen = new ColumnVector(type);
        this.otherwise = new ColumnVector(type);
        this.either = arguments.length == 3 ? either(type, memory) : null;
    }

    /// The third argument where that was chosen: both have dictionaries of their own.
    private static Evaluator either(ColumnType type, QueryMemory memory) {
        var expression =
                new Case(
                        List.of(new Input(0, ColumnType.BOOL, "is default")),
                        List.of(new Input(1, type, "default"), new Input(2, type, "chosen")),
                        type);
        return new EvaluatorCompiler(ColumnLayout.INPUT, memory).compile(expression);
    }

    @Override
    public void compute(PartitionRows partition) {
        partition.look(frame, arguments);
        function.choose(partition, arguments.length, choices);
    }

    @Override
    public ColumnVector write(int from, int count) {
        for (int i = 0; i < count; i++) {
            picks[i] = order[Math.max(0, choices[from + i])];
        }
        rows.writeColumn(arguments[0], picks, 0, count, chosen);
        for (int i = 0; i < count; i++) {
            if (choices[from + i] < 0) {
                chosen.setNull(i);
            }
        }
        Evaluator both = either;
        if (both == null) {
            return chosen;
        }
        rows.writeColumn(arguments[2], order, from, count, otherwise);
        for (int i = 0; i < count; i++) {
            isOtherwise.longs()[i] = choices[from + i] == RowChoiceFunction.DEFAULT ? 1 : 0;
        }
        return both.evaluate(new Columns(count));
    }

    private final class Columns implements RowWindow {
        private final int count;

        Columns(int count) {
            this.count = count;
        }

        @Override
        public int rowCount() {
            return count;
        }

        @Override
        public ColumnVector column(int index) {
            return index == 0 ? isOtherwise : index == 1 ? otherwise : chosen;
        }
    }
}
