package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

import java.util.List;
import java.util.Optional;

/// `sum(x)`: int64 of int64 and uint64 of uint64 (exact; an error when the result passes the type),
/// float64 of float64; null without values.
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
        return argument != ColumnType.FLOAT64
                ? List.of(ColumnType.INT64, ColumnType.INT64, ColumnType.INT64)
                : DoubleSums.STATE_TYPES;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return switch (argument) {
            case INT64 -> new LongSums(SumAggregate::finish, false, memory);
            case UINT64 -> new LongSums(SumAggregate::finishUnsigned, true, memory);
            case FLOAT64, BOOL, STRING, TIMESTAMP -> new DoubleSums(false, memory);
        };
    }

    private static void finish(
            long low, long high, long count, ColumnVector result, int row, Position position) {
        require(high == low >> 63, count, ColumnType.INT64, position);
        result.longs()[row] = low;
    }

    private static void finishUnsigned(
            long low, long high, long count, ColumnVector result, int row, Position position) {
        require(high == 0, count, ColumnType.UINT64, position);
        result.longs()[row] = Uint64.fold(low);
    }

    private static void require(boolean fits, long count, ColumnType type, Position position) {
        if (!fits) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    "the sum of "
                            + count
                            + " values passes the range of "
                            + type.sqlName()
                            + "; sum(cast(x AS float64)) has no such limit");
        }
    }
}
