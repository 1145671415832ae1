package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `epoch(time)`: seconds since 1970-01-01 UTC, with their fraction as far as float64 holds it.
public final class EpochFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.TIMESTAMP);

    @Override
    public String name() {
        return "epoch";
    }

    @Override
    public String usage() {
        return "epoch(timestamp)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return TimeArguments.fit(arguments, TYPES, ColumnType.FLOAT64);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        long[] times = arguments[0].longs();
        for (int i = 0; i < rowCount; i++) {
            // the whole seconds are exact, so only the last bit of the sum is rounded
            result.doubles()[i] =
                    Math.floorDiv(times[i], 1_000_000_000L)
                            + Math.floorMod(times[i], 1_000_000_000L) / 1e9;
        }
    }
}
