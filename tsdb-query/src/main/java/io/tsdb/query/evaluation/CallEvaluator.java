package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.CallSite;
import io.tsdb.query.function.scalar.ScalarFunction;

/// Calls a scalar function.
final class CallEvaluator implements Evaluator {
    private final ScalarFunction function;
    private final Evaluator[] arguments;
    private final ColumnVector[] values;
    private final ColumnVector result;
    private final CallSite site;

    CallEvaluator(ScalarFunction function, Evaluator[] arguments, ColumnType type, CallSite site) {
        this.function = function;
        this.arguments = arguments;
        this.values = new ColumnVector[arguments.length];
        this.result = new ColumnVector(type);
        this.site = site;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        for (int i = 0; i < arguments.length; i++) {
            values[i] = arguments[i].evaluate(rows);
        }
        if (function.nullWhenAnyNull()) {
            result.setAllPresent();
            for (ColumnVector value : values) {
                result.andPresence(value);
            }
        }
        site.begin();
        function.evaluate(values, rows.rowCount(), result, site);
        return result;
    }
}
