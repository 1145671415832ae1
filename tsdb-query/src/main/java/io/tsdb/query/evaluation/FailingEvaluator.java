package io.tsdb.query.evaluation;

import io.tsdb.query.analysis.BoundExpression.Failing;
import io.tsdb.query.column.ColumnVector;

/// The error of a constant that has no value, once a row asks for it.
final class FailingEvaluator implements Evaluator {
    private final Failing failing;
    private final ColumnVector none;

    FailingEvaluator(Failing failing) {
        this.failing = failing;
        this.none = new ColumnVector(failing.type());
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        if (rows.rowCount() > 0) {
            throw failing.error();
        }
        return none;
    }
}
