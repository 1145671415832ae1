package io.tsdb.query.oracle;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.List;
import java.util.Random;

/// Random queries of aggregates beyond those that every query may have.
final class OracleAggregateQueries {
    private static final String SERIES = "host, region, slot";
    private static final long HOUR = 3_600_000_000_000L;

    private final Random random;

    OracleAggregateQueries(Random random) {
        this.random = random;
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    private static Sql sql(String ours, String duck) {
        return new Sql(ours, duck, ColumnType.FLOAT64);
    }

    private static Sql same(String text) {
        return sql(text, text);
    }

    Query next() {
        return random.nextInt(3) == 0 ? overTime() : ofValues();
    }

    private Query ofValues() {
        String keys = one("host", "region", "slot, region", "j", "o");
        Sql first = filtered(aggregate());
        Sql second = filtered(aggregate());
        String where = one("", " WHERE i > 0", " WHERE host = 'h1'", " WHERE time >= 0");
        boolean isGrouped = random.nextInt(4) > 0;
        String head = "SELECT " + (isGrouped ? keys + ", " : "");
        String tail = " FROM m" + where + (isGrouped ? " GROUP BY " + keys : "");
        return new Query(
                head + first.ours() + ", " + second.ours() + tail,
                head + asInPostgres(first.duck()) + ", " + asInPostgres(second.duck()) + tail,
                false);
    }

    /// Where all x are the same there is no line: NULL in PostgreSQL and here, NaN in DuckDB.
    private static String asInPostgres(String aggregate) {
        return aggregate.startsWith("regr_")
                ? "nullif(" + aggregate + ", 'NaN'::DOUBLE)"
                : aggregate;
    }

    private Sql filtered(Sql aggregate) {
        boolean isCall = aggregate.duck().matches("\\w+\\([^()]*\\)");
        return isCall && random.nextInt(3) == 0
                ? new Sql(
                        aggregate.ours() + " FILTER (WHERE j > 0)",
                        aggregate.duck() + " FILTER (WHERE j > 0)",
                        aggregate.type())
                : aggregate;
    }

    private Sql aggregate() {
        String number = one("i", "j", "f", "g", "i + j");
        String real = one("f", "g");
        double share = random.nextInt(101) / 100.0;
        return switch (random.nextInt(15)) {
            case 0 -> sql("count_if(i > 10)", "count(*) FILTER (WHERE i > 10)");
            case 1 -> same("median(" + number + ")");
            case 2 ->
                    sql(
                            "percentile_cont(" + number + ", " + share + ")",
                            "quantile_cont(" + number + ", " + share + ")");
            case 3 ->
                    sql(
                            "percentile_disc(" + share + ") WITHIN GROUP (ORDER BY " + number + ")",
                            "quantile_disc(" + number + ", " + share + ")");
            case 4 ->
                    same(one("sum", "avg", "median", "count") + "(DISTINCT " + one("i", "j") + ")");
            case 5 -> same(one("covar_pop", "covar_samp") + "(" + number + ", " + real + ")");
            case 6 ->
                    sql(
                            "corr(" + number + ", " + real + ")",
                            "CASE WHEN isfinite(corr("
                                    + number
                                    + ", "
                                    + real
                                    + ")) THEN corr("
                                    + number
                                    + ", "
                                    + real
                                    + ") END");
            case 7 -> same(one("regr_slope", "regr_intercept") + "(" + number + ", " + real + ")");
            // g is a random number: no two are equal
            case 8 -> same(one("arg_max", "arg_min") + "(" + one("i", "s", "f", "time") + ", g)");
            case 9 ->
                    sql(
                            "histogram(j)",
                            "'{' || array_to_string(list_transform(map_entries(histogram(j)),"
                                    + " lambda e: '\"' || e.key || '\":' || e.value), ',') || '}'");
            case 10 -> sql("string_agg(DISTINCT s, '|')", "string_agg(DISTINCT s, '|' ORDER BY s)");
            case 11 -> same("regr_r2(" + number + ", " + real + ")");
            case 12 -> same("sum(DISTINCT " + real + ")");
            case 13 -> {
                // what is equal goes by the texts themselves
                String key = one("i", "f", "g", "time", "host", "s");
                String way = one("", " DESC", " NULLS FIRST", " DESC NULLS FIRST");
                String nulls = way.contains("NULLS") ? way : way + " NULLS LAST";
                yield sql(
                        "string_agg(s, '|' ORDER BY " + key + way + ")",
                        "string_agg(s, '|' ORDER BY " + key + nulls + ", s)");
            }
            default -> sql(one("first(i ORDER BY g)", "arg_min(i, g)"), "arg_min(i, g)");
        };
    }

    /// Groups of one series each: no two rows have one time.
    private Query overTime() {
        String x = one("i", "f", "j");
        String step = "(x - px)";
        String seconds = "((t - pt) / 1e9)";
        List<String> chosen =
                switch (random.nextInt(9)) {
                    case 0 ->
                            List.of(
                                    "delta(%s)",
                                    "CASE WHEN count(*) > 1 THEN last(x ORDER BY t) - first(x ORDER"
                                            + " BY t) END::DOUBLE");
                    case 1 ->
                            List.of(
                                    "increase(%s)",
                                    "CASE WHEN count(*) > 1 THEN sum(CASE WHEN x < px THEN x ELSE x"
                                            + " - px END) END::DOUBLE");
                    case 2 ->
                            List.of(
                                    "rate(%s)",
                                    "sum(CASE WHEN x < px THEN x ELSE x - px END) / ((max(t) -"
                                            + " min(t)) / 1e9)");
                    case 3 -> List.of("changes(%s)", "coalesce(count_if(x != px), 0)");
                    case 4 -> List.of("resets(%s)", "coalesce(count_if(x < px), 0)");
                    case 5 ->
                            List.of(
                                    "integral(%s)",
                                    "coalesce(sum((x + px) / 2 * " + seconds + "), 0)");
                    case 6 ->
                            List.of(
                                    "time_weight_avg(%s)",
                                    "coalesce(sum(px * "
                                            + seconds
                                            + ") / ((max(t) - min(t)) / 1e9), max(x))");
                    case 7 ->
                            List.of(
                                    "derivative(%s)",
                                    "sum(" + step + ") / ((max(t) - min(t)) / 1e9)");
                    default ->
                            List.of(
                                    "duration_in(%s, 1)",
                                    "coalesce(sum(CASE WHEN px = 1 THEN " + seconds + " END), 0)");
                };
        long width = one("1", "6").equals("1") ? HOUR : 6 * HOUR;
        String bucket = "bucket(time, " + width + ", 946857600000000000)";
        String over = " OVER (PARTITION BY b, " + SERIES + " ORDER BY t)";
        return new Query(
                "SELECT time_bucket('"
                        + width / HOUR
                        + "h', time), "
                        + SERIES
                        + ", "
                        + chosen.get(0).formatted(x)
                        + " FROM m WHERE "
                        + x
                        + " IS NOT NULL GROUP BY 1, "
                        + SERIES,
                "SELECT b, "
                        + SERIES
                        + ", "
                        + chosen.get(1)
                        + " FROM (SELECT *, lag(x)"
                        + over
                        + " AS px, lag(t)"
                        + over
                        + " AS pt FROM (SELECT "
                        + bucket
                        + " AS b, "
                        + SERIES
                        + ", time AS t, "
                        + x
                        + " AS x FROM m WHERE "
                        + x
                        + " IS NOT NULL)) GROUP BY b, "
                        + SERIES,
                false);
    }
}
