package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;

/// `time_weight_avg(x[, 'linear'])`: mean in which each value counts for as long as it holds, up to
/// the next row (`'locf'`), or as it goes on a line to the next one (`'linear'`). Of rows of one
/// time their last value.
public record TimeWeightAvgAggregate(boolean isLinear)
        implements ParameterAggregate, TimedRowsAggregate {
    /// The one in the list of functions.
    public TimeWeightAvgAggregate() {
        this(false);
    }

    @Override
    public String name() {
        return "time_weight_avg";
    }

    @Override
    public String usage() {
        return "time_weight_avg(number[, 'locf' | 'linear'])";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new CollectedRows(argument, RowSort.TIME, memory, this::finish);
    }

    private void finish(GroupRows rows, ColumnVector result, int row) {
        int last = rows.size() - 1;
        double seconds = rows.seconds(0, last);
        if (seconds <= 0) {
            result.doubles()[row] = rows.number(last);
            return;
        }
        // from the first value on, so that equal ones are exact
        double area = 0;
        for (int i = 1; i <= last; i++) {
            double height = rows.difference(i - 1, 0);
            height += isLinear ? rows.difference(i, i - 1) / 2 : 0;
            area += height * rows.seconds(i - 1, i);
        }
        result.doubles()[row] = rows.number(0) + area / seconds;
    }

    @Override
    public String parameterText() {
        return isLinear ? ", 'linear'" : "";
    }

    @Override
    public List<Object> parameters() {
        return List.of(isLinear ? "linear" : "locf");
    }

    @Override
    public int parametersMin() {
        return 0;
    }

    @Override
    public int parametersMax() {
        return 1;
    }

    @Override
    public AggregateFunction with(List<Object> parameters, Position position) {
        Object mode = parameters.isEmpty() ? "locf" : parameters.getFirst();
        if (!mode.equals("locf") && !mode.equals("linear")) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    position,
                    "time_weight_avg takes 'locf' or 'linear', not '" + mode + "'");
        }
        return new TimeWeightAvgAggregate(mode.equals("linear"));
    }
}
