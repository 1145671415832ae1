package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `age(time, earlier)`: what lies between two times, as years, months, days and a time of day.
public final class AgeFunction implements ScalarFunction {
    private static final List<ColumnType> TYPES =
            List.of(ColumnType.TIMESTAMP, ColumnType.TIMESTAMP);
    private static final int TEXT_LENGTH_MAX = 60;

    @Override
    public String name() {
        return "age";
    }

    @Override
    public String usage() {
        return "age(timestamp[, timestamp])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return TimeArguments.fit(arguments, TYPES, ColumnType.STRING);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var rows = new TextRows(rowCount, result);
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                site.reserveText(TEXT_LENGTH_MAX);
                rows.put(i, text(arguments[0].longs()[i], arguments[1].longs()[i]));
            } else {
                rows.put(i, null);
            }
        }
        rows.finish();
    }

    private static String text(long time, long from) {
        boolean isBefore = time < from;
        LocalDateTime early = local(isBefore ? time : from);
        LocalDateTime late = local(isBefore ? from : time);
        long nanos = late.toLocalTime().toNanoOfDay() - early.toLocalTime().toNanoOfDay();
        long days = (long) late.getDayOfMonth() - early.getDayOfMonth();
        long months =
                12L * (late.getYear() - early.getYear())
                        + late.getMonthValue()
                        - early.getMonthValue();
        if (nanos < 0) {
            nanos += CalendarTime.NANOS_PER_DAY;
            days--;
        }
        if (days < 0) {
            // as PostgreSQL: a month is as long as that of the earlier time
            days += early.toLocalDate().lengthOfMonth();
            months--;
        }
        String sign = isBefore ? "-" : "";
        var parts = new ArrayList<String>();
        add(parts, sign, months / 12, "year");
        add(parts, sign, months % 12, "month");
        add(parts, sign, days, "day");
        if (nanos != 0 || parts.isEmpty()) {
            parts.add(sign + timeOfDay(nanos));
        }
        return String.join(" ", parts);
    }

    private static void add(List<String> parts, String sign, long count, String unit) {
        if (count != 0) {
            parts.add(sign + count + " " + unit + (count == 1 ? "" : "s"));
        }
    }

    private static String timeOfDay(long nanos) {
        LocalTime time = LocalTime.ofNanoOfDay(nanos);
        String text =
                two(time.getHour()) + ":" + two(time.getMinute()) + ":" + two(time.getSecond());
        String fraction = Integer.toString(1_000_000_000 + time.getNano()).substring(1);
        int end = fraction.length();
        while (end > 0 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return end == 0 ? text : text + "." + fraction.substring(0, end);
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }

    private static LocalDateTime local(long nanos) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L),
                Math.floorMod(nanos, 1_000_000_000),
                ZoneOffset.UTC);
    }
}
