package io.tsdb.query.exec;

import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.evaluation.ColumnLayout;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

/// Expressions over each row; columns that are only passed on are not copied.
final class ProjectSource implements BatchSource {
    private final BatchSource input;
    private final Evaluator[] expressions;
    private final BatchWindow window = new BatchWindow();
    private final ColumnBatch output;

    ProjectSource(Plan.Project plan, BatchSource input, QueryMemory memory) {
        this.input = input;
        this.expressions =
                new EvaluatorCompiler(ColumnLayout.INPUT, memory).compileAll(plan.expressions());
        this.output = new ColumnBatch(expressions.length);
    }

    @Override
    public @Nullable ColumnBatch next() {
        ColumnBatch batch = input.next();
        if (batch == null) {
            return null;
        }
        window.set(batch);
        for (int i = 0; i < expressions.length; i++) {
            output.setColumn(i, expressions[i].evaluate(window));
        }
        output.setRowCount(batch.rowCount());
        return output;
    }

    @Override
    public void close() {
        input.close();
    }
}
