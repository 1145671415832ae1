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
    /// Two quotients of a 128-bit sum and a count that differ do so within these.
    private static final int QUOTIENT_DIGITS = 60;

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
                : DoubleSums.STATE_TYPES;
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return argument == ColumnType.FLOAT64
                ? new DoubleSums(true, memory)
                : new LongSums(AvgAggregate::finish, argument == ColumnType.UINT64, memory);
    }

    private static void finish(
            long low, long high, long count, ColumnVector result, int row, Position position) {
        boolean exact = high == low >> 63 && Math.abs(low) <= 1L << 53 && low != Long.MIN_VALUE;
        result.doubles()[row] = exact ? (double) low / count : wideMean(low, high, count);
    }

    /// Rounded once, of so many digits that nothing is lost before.
    private static double wideMean(long low, long high, long count) {
        BigInteger sum =
                BigInteger.valueOf(high)
                        .shiftLeft(64)
                        .add(new BigInteger(Long.toUnsignedString(low)));
        return new BigDecimal(sum)
                .divide(BigDecimal.valueOf(count), new MathContext(QUOTIENT_DIGITS))
                .doubleValue();
    }
}
