package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.QueryErrorCode;

import java.util.List;
import java.util.Optional;

/// `date_part(part, time)`: a number that the calendar or the clock has for a time, in UTC.
/// `extract(part FROM time)` is this.
public final class DatePartFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES = List.of(ColumnType.STRING, ColumnType.TIMESTAMP);

    @Override
    public String name() {
        return "date_part";
    }

    @Override
    public String usage() {
        return "date_part('hour', timestamp)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return TimeArguments.fit(arguments, TYPES, ColumnType.INT64);
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        ColumnVector names = arguments[0];
        long[] times = arguments[1].longs();
        var calendar = new CalendarTime();
        DatePart part = null;
        int name = -1;
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                if (part == null || names.ids()[i] != name) {
                    name = names.ids()[i];
                    part = part(names.string(i), site);
                }
                result.longs()[i] = part.of(times[i], calendar);
            }
        }
    }

    private static DatePart part(String name, CallSite site) {
        return DatePart.of(name)
                .orElseThrow(
                        () ->
                                site.error(
                                        QueryErrorCode.INVALID_VALUE,
                                        "'"
                                                + name
                                                + "' is no part of a time; expected one of "
                                                + String.join(", ", DatePart.allNames())
                                                + ", epoch"
                                                + NearestName.hint(name, DatePart.allNames())));
    }
}
