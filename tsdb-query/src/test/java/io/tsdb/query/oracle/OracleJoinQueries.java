package io.tsdb.query.oracle;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.ArrayList;
import java.util.Random;

/// Random joins of the measurement with itself, with queries over it and with constants.
final class OracleJoinQueries {
    private final Random random;
    private final OracleExpressions expressions;

    OracleJoinQueries(Random random) {
        this.random = random;
        this.expressions = new OracleExpressions(random);
    }

    /// A relation with the columns time, host, region, k (int64), x (float64); `isSmall` where it
    /// has some dozen rows at most.
    private record Side(Sql sql, boolean isSmall) {}

    Query next() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> nearest();
            case 2, 3 -> around();
            default -> matching();
        };
    }

    /// Rows with one time each among those of equal keys, so that one alone is the nearest.
    private Sql timed(String name, String keys) {
        Sql condition =
                random.nextBoolean() ? expressions.condition(1) : expressions.tagCondition();
        String rows =
                "(SELECT time, host, region, max(i) AS k, min(f) AS x FROM m WHERE # GROUP BY time,"
                        + " host, region) AS "
                        + name;
        if (!keys.contains("region")) {
            rows = rows.replace("host, region", "host").replace("host,  max", "host, max");
        }
        if (keys.isEmpty()) {
            rows = rows.replace("host, ", "").replace(", host", "");
        }
        return new Sql(
                rows.replace("#", condition.ours()),
                rows.replace("#", condition.duck()),
                ColumnType.BOOL);
    }

    private Query nearest() {
        String keys = pick("", "host", "host", "host, region");
        Sql a = timed("a", keys);
        Sql b = timed("b", keys);
        boolean isLeft = random.nextBoolean();
        String join = isLeft ? " ASOF LEFT JOIN " : " ASOF JOIN ";
        String on = "a.time " + pick(">=", ">=", ">", "<=", "<") + " b.time";
        for (String key : keys.isEmpty() ? new String[0] : keys.split(", ")) {
            on += " AND a." + key + " = b." + key;
        }
        boolean using = keys.equals("host") && random.nextInt(3) == 0;
        String ours = using ? pick("USING (host, time)", "ON (host)") : "ON " + on;
        String duck = using ? "USING (host, time)" : "ON " + on;
        String where =
                pick(
                        "",
                        "",
                        " WHERE a.time > 0",
                        " WHERE a.time <= 0 AND a.k > 3",
                        " WHERE b.k > 5");
        String items = "SELECT a.time, a.k, b.k, b.x";
        if (random.nextInt(3) > 0) {
            return new Query(
                    items + " FROM " + a.ours() + join + b.ours() + " " + ours + where,
                    items + " FROM " + a.duck() + join + b.duck() + " " + duck + where,
                    false);
        }
        long tolerance = 10_000_000_000L * (1 + random.nextInt(3));
        String near = "abs(a.time - b.time) <= " + tolerance;
        String duckItems =
                isLeft
                        ? "SELECT a.time, a.k, CASE WHEN @ THEN b.k END, CASE WHEN @ THEN b.x END"
                                .replace("@", near)
                        : items;
        String duckWhere = isLeft ? "" : " WHERE " + near;
        return new Query(
                items
                        + " FROM "
                        + a.ours()
                        + join
                        + b.ours()
                        + " "
                        + ours
                        + " TOLERANCE "
                        + tolerance / 1_000_000_000L
                        + "s",
                duckItems + " FROM " + a.duck() + join + b.duck() + " " + duck + duckWhere,
                false);
    }

    /// `WINDOW JOIN`, and what it means: a query for each row.
    private Query around() {
        String keys = pick("", "host", "host", "host, region");
        Sql a = timed("a", keys);
        Sql b = timed("b", keys);
        long from = distance();
        long to = from + random.nextInt(5) * 7_000_000_000L;
        boolean withPrevailing = random.nextBoolean();
        String on = "";
        for (String key : keys.isEmpty() ? new String[0] : keys.split(", ")) {
            on += (on.isEmpty() ? "" : " AND ") + "a." + key + " = b." + key;
        }
        String equal = on.isEmpty() ? "TRUE" : on;
        String within = "b.time BETWEEN a.time + (" + from + ") AND a.time + (" + to + ")";
        String before =
                "b.time = (SELECT max(c.time) FROM c WHERE c.time <= a.time + ("
                        + from
                        + ") AND "
                        + equal.replace("b.", "c.")
                        + ")";
        String rows =
                " FROM b WHERE "
                        + equal
                        + " AND ("
                        + within
                        + (withPrevailing ? " OR " + before : "")
                        + ")";
        String[] aggregates = {
            pick("count(*)", "count(b.x)", "max(b.time)"),
            pick("sum(b.k)", "min(b.x)", "max(b.k)"),
            pick("sum(b.x)", "avg(b.k)", "count(DISTINCT b.k)", "median(b.x)")
        };
        String where = pick("", "", " WHERE a.time > 0", " WHERE a.time <= 0 AND a.k > 3");
        if (keys.contains("host") && random.nextInt(3) == 0) {
            where = where.isEmpty() ? " WHERE a.host = 'h1'" : where + " AND a.host < 'h3'";
        }
        var duck = new StringBuilder("WITH ");
        String duckRows = b.duck().substring(0, b.duck().length() - " AS b".length());
        duck.append("b AS ").append(duckRows).append(", c AS (FROM b) SELECT a.time, a.k");
        for (String aggregate : aggregates) {
            duck.append(", (SELECT ").append(aggregate).append(rows).append(")");
        }
        return new Query(
                "SELECT a.time, a.k, "
                        + String.join(", ", aggregates)
                        + " FROM "
                        + a.ours()
                        + " WINDOW JOIN "
                        + b.ours()
                        + (on.isEmpty() ? "" : " ON " + on)
                        + " RANGE BETWEEN "
                        + edge(from)
                        + " AND "
                        + edge(to)
                        + (withPrevailing ? pick("", " INCLUDE PREVAILING") : " EXCLUDE PREVAILING")
                        + where,
                duck + " FROM " + a.duck() + where,
                false);
    }

    private long distance() {
        return (random.nextInt(7) - 5) * 5_000_000_000L;
    }

    private static String edge(long nanos) {
        long seconds = Math.abs(nanos) / 1_000_000_000L;
        return nanos == 0 ? "CURRENT ROW" : seconds + (nanos < 0 ? "s PRECEDING" : "s FOLLOWING");
    }

    private Query matching() {
        Side a = side("a");
        Side b = side("b");
        String kind = pick("JOIN", "INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");
        boolean small = a.isSmall() && b.isSmall();
        String on = small && random.nextInt(3) == 0 ? anyCondition() : condition(a, b);
        String from = " FROM # a.sql " + kind + " # b.sql " + on;
        if (small && random.nextInt(8) == 0) {
            from = " FROM # a.sql" + pick(" CROSS JOIN ", ", ") + "# b.sql";
        } else if (random.nextInt(5) == 0) {
            from +=
                    pick(" LEFT JOIN ", " JOIN ")
                            + "(VALUES ('eu', 1), ('us', 2), (NULL, 3)) AS c (region, rank)"
                            + " ON a.region = c.region";
        }
        boolean using = on.startsWith("USING");
        boolean onlyTwo = !from.contains(" AS c ");
        String query =
                (using && onlyTwo && random.nextInt(3) == 0
                                ? "SELECT *"
                                : random.nextBoolean() ? grouped(using) : rows())
                        + from;
        query = addTail(query);
        return new Query(
                query.replace("# a.sql", a.sql().ours()).replace("# b.sql", b.sql().ours()),
                query.replace("# a.sql", a.sql().duck()).replace("# b.sql", b.sql().duck()),
                false);
    }

    private String addTail(String query) {
        int at = query.indexOf(" FROM ");
        String items = query.substring(0, at);
        String groups = items.contains("count(*)") ? " GROUP BY a.host, b.region" : "";
        return query + where() + groups;
    }

    private String pick(String... of) {
        return of[random.nextInt(of.length)];
    }

    private Side side(String name) {
        Sql condition =
                random.nextInt(3) == 0 ? expressions.condition(1) : expressions.tagCondition();
        String where = " WHERE " + condition.ours();
        String duckWhere = " WHERE " + condition.duck();
        String grouped =
                "(SELECT max(time) AS time, host, region, max(i) AS k, min(f) AS x FROM m#"
                        + " GROUP BY host, region) AS "
                        + name;
        String filtered =
                "(SELECT time, host, region, "
                        + pick("i", "j", "i + 1", "o::int64")
                        + " AS k, f AS x FROM m#) AS "
                        + name;
        String duckFiltered = filtered.replace("int64", "BIGINT");
        return switch (random.nextInt(4)) {
            case 0, 1 ->
                    new Side(
                            new Sql(
                                    grouped.replace("#", where),
                                    grouped.replace("#", duckWhere),
                                    ColumnType.BOOL),
                            true);
            case 2 -> {
                String newest = " ORDER BY time DESC, host, region, slot LIMIT 30) AS ";
                String ours = filtered.replace("#) AS ", where + newest);
                yield new Side(
                        new Sql(
                                ours,
                                duckFiltered.replace("#) AS ", duckWhere + newest),
                                ColumnType.BOOL),
                        true);
            }
            default ->
                    new Side(
                            new Sql(
                                    filtered.replace("#", where),
                                    duckFiltered.replace("#", duckWhere),
                                    ColumnType.BOOL),
                            false);
        };
    }

    /// One that does not make every row of two large sides meet.
    private String condition(Side a, Side b) {
        boolean large = !a.isSmall() && !b.isSmall();
        String keys =
                large
                        ? pick(
                                "a.time = b.time AND a.host = b.host",
                                "b.time = a.time",
                                "a.host = b.host AND a.k = b.k AND a.x = b.x",
                                "USING (time, host)",
                                "USING (host, time, region)")
                        : pick(
                                "a.host = b.host",
                                "b.host = a.host AND a.region = b.region",
                                "a.k = b.k",
                                "a.k + 1 = b.k AND a.host = b.host",
                                "a.x = b.x",
                                "a.k = b.x",
                                "lower(a.host) = b.host",
                                "USING (host)",
                                "USING (host, region)",
                                "USING (k)");
        if (keys.startsWith("USING")) {
            return keys;
        }
        String more =
                pick(
                        "",
                        "",
                        " AND a.k > b.k",
                        " AND a.k > 5",
                        " AND b.k IS NOT NULL",
                        " AND b.host < 'h4'",
                        " AND (a.x < b.x OR b.x IS NULL)",
                        " AND a.region = 'eu'",
                        " AND a.time >= b.time");
        return "ON " + keys + more;
    }

    private String anyCondition() {
        return "ON "
                + pick("a.k < b.k", "a.time <= b.time AND a.x > b.x", "a.host <> b.host", "TRUE");
    }

    private String where() {
        if (random.nextInt(3) == 0) {
            return "";
        }
        var parts = new ArrayList<String>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            parts.add(
                    pick(
                            "a.host = 'h1'",
                            "a.host IN ('h1', 'h2', 'h3')",
                            "b.region = 'eu'",
                            "b.region <> 'us'",
                            "a.k > 3",
                            "b.k <= 20",
                            "b.k IS NULL",
                            "a.k IS NOT NULL",
                            "(a.x > 0 OR b.x > 0)",
                            "(a.k > 1 OR a.host IS NULL)",
                            "a.k < b.k",
                            "coalesce(a.k, b.k, 0) >= 0",
                            "NOT (b.host LIKE 'h%')",
                            "a.time > 0",
                            "b.time < 0"));
        }
        return " WHERE " + String.join(random.nextInt(4) == 0 ? " OR " : " AND ", parts);
    }

    private String rows() {
        return "SELECT "
                + pick(
                        "a.time, a.host, a.k, b.region, b.k, b.x",
                        "b.*, a.x",
                        "a.host, b.host, a.k + b.k",
                        "CASE WHEN b.host IS NULL THEN 'none' ELSE b.host END, a.time, a.region,"
                                + " a.x");
    }

    private String grouped(boolean using) {
        return "SELECT a.host, b.region, count(*), "
                + pick(
                        "sum(a.k), count(b.k)",
                        "min(b.x), max(a.time)",
                        using ? "count(b.host), max(a.k)" : "count(a.host), max(a.k)",
                        "count(DISTINCT b.k), avg(a.x)");
    }
}
