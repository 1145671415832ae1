package io.tsdb.query.oracle;

import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random calls over windows: frames by rows, values and groups, what they leave out, windows with
/// names, every function that both have.
final class OracleWindowQueries {
    private static final String ROW_KEY = "time, host, region, slot";
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    /// Those that do not go by the order of rows that are sorted alike.
    private static final List<String> OF_SETS =
            List.of(
                    "count(*)",
                    "count(j)",
                    "sum(i)",
                    "sum(f)",
                    "avg(f)",
                    "avg(j)",
                    "min(i)",
                    "max(f)",
                    "min(s)",
                    "max(s)",
                    "stddev_samp(j)",
                    "var_pop(j)",
                    "bool_or(o)",
                    "bool_and(o)",
                    "median(j)",
                    "count(DISTINCT j)",
                    "sum(i) FILTER (WHERE j > 0)",
                    "count(*) FILTER (WHERE o)",
                    "covar_pop(j, i)");

    private static final List<String> OF_ORDER =
            List.of(
                    "first_value(i)",
                    "last_value(s)",
                    "nth_value(i, 2)",
                    "nth_value(s, 3)",
                    "first_value(f)");

    private final Random random;

    OracleWindowQueries(Random random) {
        this.random = random;
    }

    /// The same call as both write it.
    private record Pair(String ours, String duck) {
        static Pair same(String sql) {
            return new Pair(sql, sql);
        }
    }

    Query next() {
        var ours = new StringBuilder("SELECT " + ROW_KEY);
        var duck = new StringBuilder("SELECT " + ROW_KEY);
        var namedOurs = new ArrayList<String>();
        var namedDuck = new ArrayList<String>();
        int calls = 1 + random.nextInt(3);
        for (int i = 0; i < calls; i++) {
            Pair function = Pair.same(one(OF_SETS));
            Pair window = random.nextBoolean() ? sortedAlike() : sortedWhole();
            if (window.ours().contains(ROW_KEY) && random.nextInt(3) == 0) {
                function = Pair.same(one(OF_ORDER));
            } else if (random.nextInt(5) == 0) {
                function =
                        Pair.same(
                                one(
                                        List.of(
                                                "rank()",
                                                "dense_rank()",
                                                "percent_rank()",
                                                "cume_dist()")));
                window = ranked();
            } else if (random.nextInt(8) == 0) {
                function = Pair.same("ntile(" + (1 + random.nextInt(9)) + ")");
                window = Pair.same(partition() + "ORDER BY " + ROW_KEY);
            }
            boolean isNamed = random.nextInt(4) == 0;
            String name = "w" + i;
            if (isNamed) {
                namedOurs.add(name + " AS (" + window.ours() + ")");
                namedDuck.add(name + " AS (" + window.duck() + ")");
            }
            ours.append(", ")
                    .append(over(function.ours(), isNamed ? name : "(" + window.ours() + ")"));
            duck.append(", ")
                    .append(over(function.duck(), isNamed ? name : "(" + window.duck() + ")"));
        }
        String where =
                one(
                        List.of(
                                "",
                                " WHERE host IN ('a', 'b')",
                                " WHERE j IS NOT NULL",
                                " WHERE f > 0 OR o",
                                " WHERE i % 3 = 0"));
        return new Query(
                ours + " FROM m" + where + named(namedOurs),
                duck + " FROM m" + where + named(namedDuck),
                false);
    }

    private static String named(List<String> windows) {
        return windows.isEmpty() ? "" : " WINDOW " + String.join(", ", windows);
    }

    private static String over(String function, String window) {
        return function + " OVER " + window;
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private String partition() {
        return one(List.of("", "PARTITION BY host ", "PARTITION BY region, o ", "PARTITION BY j "));
    }

    private Pair ranked() {
        return Pair.same(
                partition()
                        + "ORDER BY "
                        + one(List.of("j", "region DESC", "j DESC, o", "s NULLS FIRST", "time")));
    }

    /// Every row has a place of its own.
    private Pair sortedWhole() {
        String direction = random.nextBoolean() ? " DESC" : "";
        String order = partition() + "ORDER BY time" + direction + ", host, region, slot";
        String plain = partition() + "ORDER BY " + ROW_KEY;
        String rows = rows();
        return Pair.same(
                (random.nextBoolean() ? plain : order)
                        + rows
                        + (rows.isEmpty() ? "" : exclusion()));
    }

    private String rows() {
        return one(
                List.of(
                        "",
                        " ROWS UNBOUNDED PRECEDING",
                        " ROWS " + random.nextInt(40) + " PRECEDING",
                        " ROWS BETWEEN 30 PRECEDING AND 10 PRECEDING",
                        " ROWS BETWEEN 5 PRECEDING AND 20 FOLLOWING",
                        " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
                        " ROWS BETWEEN UNBOUNDED PRECEDING AND 3 FOLLOWING",
                        " ROWS BETWEEN 2 FOLLOWING AND 5 FOLLOWING",
                        " GROUPS BETWEEN 3 PRECEDING AND 1 FOLLOWING"));
    }

    private String exclusion() {
        return random.nextInt(3) > 0
                ? ""
                : one(
                        List.of(
                                " EXCLUDE CURRENT ROW",
                                " EXCLUDE GROUP",
                                " EXCLUDE TIES",
                                " EXCLUDE NO OTHERS"));
    }

    /// Rows that are sorted alike have the same frames.
    private Pair sortedAlike() {
        String partition = partition();
        String nulls = random.nextInt(3) == 0 ? " NULLS FIRST" : "";
        String direction = random.nextInt(3) == 0 ? " DESC" : "";
        String exclusion = exclusion().replace(" EXCLUDE CURRENT ROW", " EXCLUDE GROUP");
        String before = partition + "ORDER BY ";
        String sorted = direction + nulls;
        int a = random.nextInt(4);
        int b = random.nextInt(4);
        return switch (random.nextInt(4)) {
            case 0 -> {
                String frame =
                        one(
                                List.of(
                                        "%s PRECEDING",
                                        "BETWEEN %s PRECEDING AND CURRENT ROW",
                                        "BETWEEN %s PRECEDING AND %s FOLLOWING",
                                        "BETWEEN CURRENT ROW AND %s FOLLOWING",
                                        "BETWEEN UNBOUNDED PRECEDING AND %s PRECEDING",
                                        "BETWEEN %s FOLLOWING AND UNBOUNDED FOLLOWING"));
                long one = random.nextInt(90) * MINUTE;
                long other = random.nextInt(90) * MINUTE;
                yield new Pair(
                        before
                                + "time"
                                + sorted
                                + " RANGE "
                                + frame.formatted(one / MINUTE + "m", other / MINUTE + "m")
                                + exclusion,
                        before
                                + "time"
                                + sorted
                                + " RANGE "
                                + frame.formatted(Long.toString(one), Long.toString(other))
                                + exclusion);
            }
            case 1 ->
                    Pair.same(
                            before
                                    + "j"
                                    + sorted
                                    + " RANGE BETWEEN "
                                    + a
                                    + " PRECEDING AND "
                                    + b
                                    + " FOLLOWING"
                                    + exclusion);
            case 2 ->
                    Pair.same(
                            before
                                    + "round(f)"
                                    + sorted
                                    + " RANGE BETWEEN "
                                    + a
                                    + ".5 PRECEDING AND "
                                    + b
                                    + ".0 FOLLOWING"
                                    + exclusion);
            default ->
                    Pair.same(
                            before
                                    + one(List.of("j", "region", "o", "s"))
                                    + sorted
                                    + " GROUPS BETWEEN "
                                    + one(List.of("UNBOUNDED", "0", "1", "2"))
                                    + " PRECEDING AND "
                                    + one(List.of("UNBOUNDED", "0", "1", "2"))
                                    + " FOLLOWING"
                                    + exclusion);
        };
    }
}
