package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `regr_intercept(y, x)`: where the line of least squares of y over x meets x = 0.
public final class RegrInterceptAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "regr_intercept";
    }

    @Override
    public String usage() {
        return "regr_intercept(number, number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return CoMoments.STATE_TYPES;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        // the first argument is x of the moments
        return new CoMoments(
                (n, meanX, meanY, xx, yy, xy) -> yy == 0 ? Double.NaN : meanX - xy / yy * meanY,
                memory);
    }

    @Override
    public int argumentCount() {
        return 2;
    }

    @Override
    public Optional<List<ColumnType>> argumentTypes(List<ColumnType> given) {
        return given.stream().allMatch(ColumnType::isNumeric)
                ? Optional.of(List.of(ColumnType.FLOAT64, ColumnType.FLOAT64))
                : Optional.empty();
    }
}
