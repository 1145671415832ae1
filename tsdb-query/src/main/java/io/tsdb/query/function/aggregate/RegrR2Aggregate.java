package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// `regr_r2(y, x)`: share of the variance of y that the line explains.
public final class RegrR2Aggregate implements AggregateFunction {
    @Override
    public String name() {
        return "regr_r2";
    }

    @Override
    public String usage() {
        return "regr_r2(number, number)";
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
                (n, meanX, meanY, xx, yy, xy) ->
                        yy == 0 ? Double.NaN : xx == 0 ? 1 : xy * xy / (xx * yy),
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
