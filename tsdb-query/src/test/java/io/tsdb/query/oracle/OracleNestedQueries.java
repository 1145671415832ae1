package io.tsdb.query.oracle;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.List;
import java.util.Random;

/// Random queries over queries: in FROM, common tables, set operations, windows.
final class OracleNestedQueries {
    private static final String ROW_KEY = "time, host, region, slot";

    private final Random random;
    private final OracleExpressions expressions;

    OracleNestedQueries(Random random, OracleExpressions expressions) {
        this.random = random;
        this.expressions = expressions;
    }

    Query next() {
        return switch (random.nextInt(6)) {
            case 5 -> random.nextBoolean() ? inExpression() : tied();
            case 0 -> overQuery();
            case 1 -> combined();
            case 2 -> newestOfEach();
            default -> windows();
        };
    }

    private Sql where() {
        Sql condition =
                random.nextBoolean() ? expressions.tagCondition() : expressions.condition(1);
        return random.nextInt(4) == 0
                ? Sql.same("", ColumnType.BOOL)
                : new Sql(
                        " WHERE " + condition.ours(),
                        " WHERE " + condition.duck(),
                        ColumnType.BOOL);
    }

    private Sql inner() {
        Sql number = expressions.integer(1);
        Sql text = expressions.text(1);
        Sql bucket = expressions.bucket();
        Sql where = where();
        return new Sql(
                "SELECT "
                        + number.ours()
                        + " AS a, "
                        + text.ours()
                        + " AS b, "
                        + bucket.ours()
                        + " AS c, f AS d, host FROM m"
                        + where.ours(),
                "SELECT "
                        + number.duck()
                        + " AS a, "
                        + text.duck()
                        + " AS b, "
                        + bucket.duck()
                        + " AS c, f AS d, host FROM m"
                        + where.duck(),
                ColumnType.BOOL);
    }

    private Query overQuery() {
        Sql inner = inner();
        String outer =
                List.of(
                                "SELECT x.b, count(*), sum(x.a), min(x.c), max(d) FROM q AS x GROUP"
                                        + " BY x.b",
                                "SELECT a + 1, b, d * 2 FROM q WHERE a > 2 AND host < 'h4'",
                                "SELECT c, count(a), avg(d) FROM q WHERE b IS NOT NULL GROUP BY 1"
                                        + " HAVING count(*) > 1",
                                "SELECT DISTINCT host, c FROM q WHERE d < 5 OR a = 3",
                                "SELECT count(*), count(a), min(b) FROM q",
                                "SELECT n, count(*) FROM (SELECT host, count(*) AS n FROM q GROUP"
                                        + " BY host) AS y GROUP BY n",
                                "SELECT max(n) FROM (SELECT b, c, sum(a) AS n FROM q WHERE a"
                                        + " BETWEEN -50 AND 50 GROUP BY b, c) AS z WHERE n > 0")
                        .get(random.nextInt(7));
        boolean common = random.nextBoolean();
        return new Query(
                nest(outer, inner.ours(), common), nest(outer, inner.duck(), common), false);
    }

    /// The inner query as a common table, or in the place of its name.
    private static String nest(String outer, String inner, boolean common) {
        return common
                ? "WITH q AS (" + inner + ") " + outer
                : outer.replaceFirst(
                        "FROM q\\b( AS x)?",
                        "FROM (" + inner.replace("\\", "\\\\").replace("$", "\\$") + ") AS x");
    }

    private Query inExpression() {
        Sql where = where();
        String q = "FROM m" + where.ours();
        String d = "FROM m" + where.duck();
        String outer =
                List.of(
                                "SELECT time, host, i FROM m WHERE i = (SELECT max(i) @)",
                                "SELECT host, count(*) FROM m WHERE region IN (SELECT region @)"
                                        + " GROUP BY host",
                                "SELECT count(*) FROM m WHERE slot NOT IN (SELECT slot @)",
                                "SELECT count(*) FROM m WHERE j NOT IN (SELECT j @ AND j IS NOT"
                                        + " NULL)",
                                "SELECT count(*), EXISTS (SELECT i @) FROM m",
                                "SELECT host, max(i) - (SELECT min(i) @) FROM m GROUP BY host",
                                "SELECT count(*) FROM m WHERE time >= (SELECT max(time) @)")
                        .get(random.nextInt(7));
        boolean hasWhere = !where.ours().isEmpty();
        String whole = hasWhere ? outer : outer.replace("@ AND", "@ WHERE");
        return new Query(whole.replace("@", q), whole.replace("@", d), false);
    }

    /// Queries that name columns of the rows around them.
    private Query tied() {
        Sql where = where();
        String key =
                List.of(
                                "b.host = a.host",
                                "a.host = b.host AND a.region = b.region",
                                "b.region = a.region",
                                "b.j = a.j AND b.host = a.host",
                                "b.i % 5 = a.i % 4 AND a.slot = b.slot")
                        .get(random.nextInt(5));
        String outer =
                List.of(
                                "SELECT time, host, i FROM m AS a WHERE i > (SELECT avg(i) @)",
                                "SELECT time, (SELECT count(*) @), (SELECT max(s) @) FROM m AS a",
                                "SELECT time, host FROM m AS a WHERE EXISTS (SELECT * @)",
                                "SELECT time, NOT EXISTS (SELECT 1 @ AND j > 1) FROM m AS a",
                                "SELECT host, count(*) FROM m AS a WHERE i IN (SELECT b.i + 1 @)"
                                        + " GROUP BY host",
                                "SELECT time, j IN (SELECT b.j @ AND b.i > 20) FROM m AS a",
                                "SELECT count(*) FROM m AS a WHERE j NOT IN (SELECT b.j @ AND b.i >"
                                        + " 60)",
                                "SELECT time, i FROM m AS a WHERE i = (SELECT max(b.i) @) OR NOT"
                                        + " EXISTS (SELECT b.f @ AND f > 5)",
                                "SELECT time, host, (SELECT s @ AND s IS NOT NULL ORDER BY b.time"
                                        + " DESC, host, region, slot LIMIT 1) FROM m AS a",
                                "SELECT time, (SELECT coalesce(sum(b.j), -1) + count(f) @ AND b.i <"
                                        + " 10) FROM m AS a WHERE host < 'h3'",
                                "SELECT count(*), sum(i) FROM m AS a WHERE i IN (SELECT max(b.i) @"
                                        + " GROUP BY b.o)",
                                "SELECT region, max(x) FROM (SELECT region, (SELECT min(b.f) @) AS"
                                        + " x FROM m AS a) GROUP BY region",
                                "SELECT time, EXISTS (SELECT b.o @ GROUP BY 1 HAVING count(*) > 2)"
                                        + " FROM m AS a",
                                "SELECT time, (SELECT -b.i AS j @ AND b.i IS NOT NULL ORDER BY 1"
                                        + " LIMIT 1) FROM m AS a")
                        .get(random.nextInt(14));
        String rows = "FROM m AS b WHERE " + key;
        return new Query(
                outer.replace("@", rows + where.ours().replace(" WHERE ", " AND ")),
                outer.replace("@", rows + where.duck().replace(" WHERE ", " AND ")),
                false);
    }

    private Query combined() {
        String operator =
                List.of("UNION", "UNION ALL", "EXCEPT", "EXCEPT ALL", "INTERSECT", "INTERSECT ALL")
                        .get(random.nextInt(6));
        Sql a = side();
        Sql b = side();
        return new Query(
                a.ours() + " " + operator + " " + b.ours(),
                a.duck() + " " + operator + " " + b.duck(),
                false);
    }

    private Sql side() {
        Sql text =
                random.nextBoolean() ? Sql.same("region", ColumnType.STRING) : expressions.text(0);
        String number = List.of("j", "i % 3", "o::int64").get(random.nextInt(3));
        Sql where = where();
        return new Sql(
                "SELECT " + text.ours() + ", " + number + " FROM m" + where.ours(),
                "SELECT "
                        + text.duck()
                        + ", "
                        + number.replace("int64", "BIGINT")
                        + " FROM m"
                        + where.duck(),
                ColumnType.BOOL);
    }

    private Query newestOfEach() {
        Sql where = where();
        String keys = List.of("host", "region", "host, region", "j").get(random.nextInt(4));
        if (random.nextBoolean()) {
            String ordered =
                    "SELECT DISTINCT ON ("
                            + keys
                            + ") time, host, region, slot, i, s FROM m@ ORDER BY "
                            + (random.nextBoolean() ? keys + ", " : "")
                            + "time DESC, host, region, slot";
            return new Query(
                    ordered.replace("@", where.ours()), ordered.replace("@", where.duck()), false);
        }
        String rest =
                " QUALIFY row_number() OVER (PARTITION BY "
                        + keys
                        + " ORDER BY time DESC, host, region, slot) <= "
                        + (1 + random.nextInt(3));
        String items = "SELECT time, host, region, slot, i, s FROM m";
        return new Query(items + where.ours() + rest, items + where.duck() + rest, false);
    }

    private Query windows() {
        var ours = new StringBuilder("SELECT " + ROW_KEY);
        var duck = new StringBuilder("SELECT " + ROW_KEY);
        int calls = 1 + random.nextInt(3);
        for (int i = 0; i < calls; i++) {
            String call = call();
            ours.append(", ").append(call);
            duck.append(", ").append(call);
        }
        Sql where = where();
        return new Query(ours + " FROM m" + where.ours(), duck + " FROM m" + where.duck(), false);
    }

    private String call() {
        String partition =
                List.of("", "PARTITION BY host ", "PARTITION BY region, o ", "PARTITION BY j ")
                        .get(random.nextInt(4));
        String direction = random.nextBoolean() ? " DESC" : "";
        String wholeOrder = "ORDER BY time" + direction + ", host, region, slot";
        if (random.nextInt(3) == 0) {
            // sorted alike: peers
            String peers =
                    List.of("rank()", "dense_rank()", "sum(i)", "count(*)", "max(s)")
                            .get(random.nextInt(5));
            String order =
                    List.of("j", "region DESC", "j, o", "f NULLS FIRST").get(random.nextInt(4));
            return peers + " OVER (" + partition + "ORDER BY " + order + ")";
        }
        String function =
                List.of(
                                "row_number()",
                                "lag(i)",
                                "lag(s, 2)",
                                "lead(f, 3, -1)",
                                "lead(s, 1, 'none')",
                                "lag(i, 1, j)",
                                "first_value(s)",
                                "last_value(i)",
                                "sum(i)",
                                "avg(f)",
                                "min(s)",
                                "count(j)")
                        .get(random.nextInt(12));
        boolean framed = !function.startsWith("l") || function.startsWith("last");
        String frame = framed && !function.startsWith("row") ? frame() : "";
        return function + " OVER (" + partition + wholeOrder + frame + ")";
    }

    private String frame() {
        return List.of(
                        "",
                        " ROWS UNBOUNDED PRECEDING",
                        " ROWS 2 PRECEDING",
                        " ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING",
                        " ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING",
                        " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
                        " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
                        " ROWS BETWEEN 2 FOLLOWING AND 5 FOLLOWING")
                .get(random.nextInt(8));
    }
}
