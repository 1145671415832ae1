package io.tsdb.query.oracle;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.List;
import java.util.Random;

/// Random queries of parts, beginnings and distances of times, and of periods.
final class OracleTimeQueries {
    private static final List<String> ZONES =
            List.of("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe");

    /// The time in DuckDB, cut to microseconds.
    private static final String MICROS = "make_timestamp(bucket(time, 1000, 0) // 1000)";

    private final Random random;

    OracleTimeQueries(Random random) {
        this.random = random;
    }

    Query next() {
        Sql expression = expression();
        Sql where = where();
        if (random.nextInt(3) == 0) {
            return query(
                    "SELECT %s, count(*), max(i) FROM m WHERE %s GROUP BY 1", expression, where);
        }
        return query("SELECT time, host, region, slot, %s FROM m WHERE %s", expression, where);
    }

    private static Query query(String form, Sql expression, Sql where) {
        return new Query(
                form.formatted(expression.ours(), where.ours()),
                form.formatted(expression.duck(), where.duck()),
                false);
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private static Sql sql(String ours, String duck) {
        return new Sql(ours, duck, ColumnType.INT64);
    }

    private Sql expression() {
        return switch (random.nextInt(9)) {
            case 0, 1 -> {
                String part =
                        one(
                                "year",
                                "quarter",
                                "month",
                                "week",
                                "day",
                                "doy",
                                "dow",
                                "isodow",
                                "isoyear",
                                "hour",
                                "minute",
                                "second",
                                "milliseconds",
                                "microseconds",
                                "decade",
                                "century",
                                "millennium");
                yield sql(
                        random.nextBoolean()
                                ? "extract(" + part + " FROM time)"
                                : "date_part('" + part + "', time)",
                        "extract(" + part + " FROM " + MICROS + ")");
            }
            case 2 -> {
                String unit =
                        one(
                                "second", "minute", "hour", "day", "week", "month", "quarter",
                                "year", "decade");
                yield sql(
                        "date_trunc('" + unit + "', time)",
                        "epoch_ns(date_trunc('" + unit + "', " + MICROS + "))");
            }
            case 3 -> {
                String unit = one("day", "week", "month", "year");
                String zone = one(ZONES.toArray(String[]::new));
                // to the clocks of the zone, cut there, and back
                String local = "timezone('" + zone + "', " + MICROS + "::TIMESTAMPTZ)";
                yield sql(
                        "date_trunc('" + unit + "', time, '" + zone + "')",
                        "epoch_ns(timezone('"
                                + zone
                                + "', date_trunc('"
                                + unit
                                + "', "
                                + local
                                + ")))");
            }
            case 4 -> {
                String zone = one(ZONES.toArray(String[]::new));
                yield sql(
                        "date_trunc('second', time AT TIME ZONE '" + zone + "')",
                        "epoch_ns(date_trunc('second', timezone('"
                                + zone
                                + "', "
                                + MICROS
                                + "::TIMESTAMPTZ)))");
            }
            case 5 -> {
                int months = random.nextInt(60) - 30;
                String sign = months < 0 ? "-" : "+";
                String interval = " " + sign + " INTERVAL '" + Math.abs(months) + " months'";
                yield sql(
                        "date_trunc('second', time" + interval + ")",
                        "epoch_ns(date_trunc('second', " + MICROS + interval + "))");
            }
            case 6 -> {
                String other =
                        one("2026-11-23T10:20:30", "1969-12-31T23:59:59", "1970-03-31T00:00:00");
                yield sql(
                        "age(date_trunc('second', time), '" + other + "Z')",
                        "age(date_trunc('second', "
                                + MICROS
                                + "), TIMESTAMP '"
                                + other
                                + "')::VARCHAR");
            }
            case 7 ->
                    sql(
                            "to_char(time, 'YYYY-MM-DD HH24:MI:SS.US Dy Mon DDD HH12 AM')",
                            "strftime(" + MICROS + ", '%Y-%m-%d %H:%M:%S.%f %a %b %j %I %p')");
            default ->
                    switch (random.nextInt(3)) {
                        case 0 -> sql("epoch_ms(time)", "bucket(time, 1000000, 0) // 1000000");
                        case 1 -> sql("epoch_us(time)", "bucket(time, 1000, 0) // 1000");
                        default -> sql("epoch(time)", "time / 1e9");
                    };
        };
    }

    private Sql where() {
        String period =
                one("1970", "1970-01", "1970-01-01", "1970-01-01T01", "1970-01-01T00:05", "1969");
        String not = random.nextBoolean() ? " NOT" : "";
        return switch (random.nextInt(3)) {
            case 0 -> sql("i > 3", "i > 3");
            case 1 ->
                    sql(
                            "extract(minute FROM time) < 20",
                            "extract(minute FROM " + MICROS + ") < 20");
            default ->
                    sql(
                            "time" + not + " IN '" + period + "'",
                            not
                                    + " starts_with(strftime("
                                    + MICROS
                                    + ", '%Y-%m-%dT%H:%M:%S'), '"
                                    + period
                                    + "')");
        };
    }
}
