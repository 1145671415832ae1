package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

/// Rows for which a condition is true.
final class FilterSource implements BatchSource {
    private final BatchSource input;
    private final Evaluator condition;
    private final BatchWindow window = new BatchWindow();
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private final ColumnBatch output;

    FilterSource(Plan.Filter plan, BatchSource input, QueryMemory memory) {
        this.input = input;
        BoundExpression expression = plan.condition();
        this.condition =
                new EvaluatorCompiler(ColumnLayout.INPUT, memory).compileCondition(expression);
        this.output = new ColumnBatch(plan.types());
    }

    @Override
    public @Nullable ColumnBatch next() {
        ColumnBatch batch = input.next();
        while (batch != null) {
            window.set(batch);
            int count = condition.evaluate(window).selectTrue(batch.rowCount(), selection);
            if (count == batch.rowCount()) {
                return batch;
            }
            if (count > 0) {
                output.gather(batch, selection, count);
                return output;
            }
            batch = input.next();
        }
        return null;
    }

    @Override
    public void close() {
        input.close();
    }
}
