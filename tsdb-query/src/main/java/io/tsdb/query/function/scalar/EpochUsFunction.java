package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `epoch_us(time)`: microseconds since 1970-01-01 UTC, rounded down.
public final class EpochUsFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.TIMESTAMP);

    @Override
    public String name() {
        return "epoch_us";
    }

    @Override
    public String usage() {
        return "epoch_us(timestamp)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return TimeArguments.fit(arguments, TYPES, ColumnType.INT64);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        long[] times = arguments[0].longs();
        for (int i = 0; i < rowCount; i++) {
            result.longs()[i] = Math.floorDiv(times[i], 1_000L);
        }
    }
}
