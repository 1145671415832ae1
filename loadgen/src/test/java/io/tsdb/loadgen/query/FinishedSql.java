package io.tsdb.loadgen.query;

import java.util.Map;

/// The questions that need more than groups as one statement of DuckDB over the points themselves,
/// with the subqueries and window functions that TSBS has; written down apart from the main code.
final class FinishedSql {
    private static final String BUCKET = "(time // 600000000000) * 600000000000";
    private static final String DAY = "(%s // 86400000000000) * 86400000000000";

    private static final Map<String, String> WITHOUT_BOUNDS =
            Map.of(
                    "avg-daily-driving-duration",
                    "SELECT fleet, name, driver, avg(hours) FROM (SELECT fleet, name, driver, "
                            + DAY.formatted("b")
                            + " AS day, count(*) / 6 AS hours FROM (SELECT fleet, name, driver, "
                            + BUCKET
                            + " AS b FROM readings GROUP BY ALL HAVING avg(velocity) > 1)"
                            + " GROUP BY ALL) GROUP BY ALL",
                    "avg-daily-driving-session",
                    "WITH s AS (SELECT name, "
                            + BUCKET
                            + " AS b, avg(velocity) > 5 AS driving FROM readings GROUP BY ALL"
                            + " HAVING avg(velocity) IS NOT NULL), c AS (SELECT name, b, driving,"
                            + " lag(driving) OVER w AS before FROM s WINDOW w AS (PARTITION BY"
                            + " name ORDER BY b)), e AS (SELECT name, b, driving, lead(b) OVER"
                            + " (PARTITION BY name ORDER BY b) AS stop FROM c WHERE driving <>"
                            + " before) SELECT name, "
                            + DAY.formatted("b")
                            + ", avg((stop - b) / 1e9) FROM e WHERE driving AND stop IS NOT NULL"
                            + " GROUP BY ALL",
                    "daily-activity",
                    "SELECT fleet, model, "
                            + DAY.formatted("b")
                            + ", sum(n) / 144 FROM (SELECT fleet, model, name, "
                            + BUCKET
                            + " AS b, count(status) AS n FROM diagnostics GROUP BY ALL HAVING"
                            + " avg(status) < 1) GROUP BY ALL",
                    "breakdown-frequency",
                    "SELECT model, count(*) FROM (SELECT model, broken, lead(broken) OVER"
                            + " (PARTITION BY model, name ORDER BY b) AS next FROM (SELECT model,"
                            + " name, "
                            + BUCKET
                            + " AS b, avg(status) < 1 AS broken FROM diagnostics GROUP BY ALL"
                            + " HAVING avg(status) IS NOT NULL)) WHERE NOT broken AND next"
                            + " GROUP BY ALL");

    private FinishedSql() {}

    static String of(QuerySpec spec) {
        String fixed = WITHOUT_BOUNDS.get(spec.type());
        if (fixed != null) {
            return fixed;
        }
        String least = spec.type().equals("long-driving-sessions") ? "22" : "60";
        return "SELECT name, driver, count(*) AS n FROM (SELECT name, driver, "
                + BUCKET
                + " AS b FROM readings WHERE fleet = '"
                + spec.tags().get("fleet")
                + "' AND time >= "
                + spec.fromNanos()
                + " AND time < "
                + spec.toNanos()
                + " GROUP BY ALL HAVING avg(velocity) > 1) GROUP BY ALL HAVING n > "
                + least;
    }
}
