package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

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
        long[] times = arguments[0].longs();
        ColumnVector zones = arguments[1];
        WallClock clock = null;
        int zone = -1;
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                if (clock == null || zones.ids()[i] != zone) {
                    zone = zones.ids()[i];
                    clock = TimeZones.clock(zones.string(i), site.position());
                }
                try {
                    result.longs()[i] = clock.toLocalExact(times[i]);
                } catch (ArithmeticException _) {
                    throw site.error(
                            QueryErrorCode.OUT_OF_RANGE,
                            "the time passes the range of 1677-09-21 to 2262-04-11");
                }
            }
        }
    }
}
