package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

import java.time.DateTimeException;
import java.util.List;
import java.util.Optional;

/// A time moved by months of the calendar, in UTC: the day of the month and the time of day stay,
/// but for a day that the month lacks, which becomes its last one. `time + INTERVAL '1 month'` is
/// this.
public final class AddMonthsFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.TIMESTAMP, ColumnType.INT64);

    @Override
    public String name() {
        return "add_months";
    }

    @Override
    public String usage() {
        return "add_months(timestamp, months)";
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
        long[] months = arguments[1].longs();
        var calendar = new CalendarTime();
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                result.longs()[i] = moved(times[i], months[i], calendar, site);
            }
        }
    }

    private static long moved(long time, long months, CalendarTime calendar, CallSite site) {
        try {
            return calendar.moved(time, months);
        } catch (ArithmeticException | DateTimeException _) {
            throw site.error(
                    QueryErrorCode.OUT_OF_RANGE,
                    "the time passes the range of 1677-09-21 to 2262-04-11");
        }
    }
}
