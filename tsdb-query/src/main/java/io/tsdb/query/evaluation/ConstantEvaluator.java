package io.tsdb.query.evaluation;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;

import java.util.Arrays;

/// A vector of one value, filled once.
final class ConstantEvaluator implements Evaluator {
    private final ColumnVector result;

    ConstantEvaluator(Constant constant, MemoryAccount memory) {
        result = new ColumnVector(constant.type());
        var dictionary = new StringDictionary(memory);
        switch (constant.value()) {
            case null -> {
                result.setNonePresent();
                dictionary.idOf("");
            }
            case Long value -> Arrays.fill(result.longs(), value);
            case Double value -> Arrays.fill(result.doubles(), value);
            case Boolean value -> Arrays.fill(result.longs(), value ? 1 : 0);
            case String value -> dictionary.idOf(value);
            default -> throw new IllegalStateException("BUG: constant " + constant);
        }
        result.setDictionary(dictionary);
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        return result;
    }
}
