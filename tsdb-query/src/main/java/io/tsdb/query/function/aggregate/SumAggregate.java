package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;

/// `sum(x)`: int64 of int64 (exact; an error when the result passes 64 bits), float64 of float64;
/// null without values.
public final class SumAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "sum";
    }

    @Override
    public String usage() {
        return "sum(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(argument) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return argument == ColumnType.INT64
                ? List.of(ColumnType.INT64, ColumnType.INT64, ColumnType.INT64)
                : List.of(ColumnType.FLOAT64, ColumnType.INT64, ColumnType.FLOAT64);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return argument == ColumnType.INT64
                ? new LongSums(SumAggregate::finish, memory)
                : new DoubleSums(false, memory);
    }

    private static void finish(
            long low, long high, long count, ColumnVector result, int row, Position position) {
        if (high != low >> 63) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    "the sum of "
                            + count
                            + " values passes the range of int64; sum(cast(x AS float64)) has no"
                            + " such limit");
        }
        result.longs()[row] = low;
    }
}
