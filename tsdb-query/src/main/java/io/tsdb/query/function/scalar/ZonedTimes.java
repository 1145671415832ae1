package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

/// Times seen from a time zone, row by row; neighbours of one zone share its clock.
final class ZonedTimes {
    /// A time that the clocks of a zone make of another one.
    @FunctionalInterface
    interface Mapping {
        /// @throws ArithmeticException when 64 bits do not hold it
        long map(WallClock clock, long nanos);
    }

    private ZonedTimes() {}

    /// @param arguments times and names of zones
    static void map(
            ColumnVector[] arguments,
            int rowCount,
            ColumnVector result,
            CallSite site,
            Mapping mapping) {
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
                    result.longs()[i] = mapping.map(clock, times[i]);
                } catch (ArithmeticException _) {
                    throw site.error(
                            QueryErrorCode.OUT_OF_RANGE,
                            "the time passes the range of 1677-09-21 to 2262-04-11");
                }
            }
        }
    }
}
