package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;

/// `avg(x)`: mean as float64; of int64 and uint64 from an exact sum; null without values.
public final class AvgAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "avg";
    }

    @Override
    public String usage() {
        return "avg(number)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return argument.isNumeric() ? Optional.of(ColumnType.FLOAT64) : Optional.empty();
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return argument != ColumnType.FLOAT64
                ? List.of(ColumnType.INT64, ColumnType.INT64, ColumnType.INT64)
                : List.of(ColumnType.FLOAT64, ColumnType.INT64, ColumnType.FLOAT64);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return argument == ColumnType.FLOAT64
                ? new DoubleSums(true, memory)
                : new LongSums(AvgAggregate::finish, argument == ColumnType.UINT64, memory);
    }

    private static void finish(
            long low, long high, long count, ColumnVector result, int row, Position position) {
        result.doubles()[row] =
                high == low >> 63 ? (double) low / count : wideMean(low, high, count);
    }

    private static double wideMean(long low, long high, long count) {
        BigInteger sum =
                BigInteger.valueOf(high)
                        .shiftLeft(64)
                        .add(new BigInteger(Long.toUnsignedString(low)));
        return new BigDecimal(sum)
                .divide(BigDecimal.valueOf(count), MathContext.DECIMAL64)
                .doubleValue();
    }
}
