package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `to_timezone(time, zone)`: what the clocks of a time zone show at a time, as a time. `time AT
/// TIME ZONE zone` is this.
public final class ToTimezoneFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.TIMESTAMP, ColumnType.STRING);

    @Override
    public String name() {
        return "to_timezone";
    }

    @Override
    public String usage() {
        return "to_timezone(timestamp, zone)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return TimeArguments.fit(arguments, TYPES, ColumnType.TIMESTAMP);
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        ZonedTimes.map(arguments, rowCount, result, site, WallClock::toLocalExact);
    }
}
