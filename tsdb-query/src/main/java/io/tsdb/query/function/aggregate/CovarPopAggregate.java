package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `covar_pop(y, x)`: covariance of a population.
public final class CovarPopAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "covar_pop";
    }

    @Override
    public String usage() {
        return "covar_pop(number, number)";
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
        return new CoMoments((n, meanX, meanY, xx, yy, xy) -> xy / n, memory);
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
