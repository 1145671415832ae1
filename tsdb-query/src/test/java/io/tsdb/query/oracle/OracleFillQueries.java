package io.tsdb.query.oracle;

import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.oracle.OracleQueries.Query;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/// Random queries whose gaps are filled; DuckDB makes a grid of buckets and keys, and looks around
/// in it with windows.
final class OracleFillQueries {
    private static final long MINUTE = 60_000_000_000L;
    private static final long DAY = 1_440 * MINUTE;
    private static final long ORIGIN = 946_857_600_000_000_000L;

    /// @param known rows of keys that are there whatever the data; empty when the data decides
    private record Condition(String text, List<String> keys, String known) {}

    private static final List<Condition> CONDITIONS =
            List.of(
                    new Condition("", List.of(), "SELECT 1 AS one"),
                    new Condition(" AND j >= 0", List.of(), "SELECT 1 AS one"),
                    new Condition(" AND host = 'nowhere'", List.of(), "SELECT 1 AS one"),
                    new Condition("", List.of("host"), ""),
                    new Condition(" AND o", List.of("host"), ""),
                    new Condition(" AND region IN ('eu', 'ap')", List.of("host"), ""),
                    new Condition("", List.of("host", "region", "slot"), ""),
                    new Condition(
                            " AND host IN ('h1', 'h3', 'nowhere')", List.of("host", "region"), ""),
                    new Condition(
                            " AND host IN ('h1', 'h3', 'nowhere')",
                            List.of("host"),
                            "SELECT unnest(['h1', 'h3', 'nowhere']) AS host"),
                    new Condition(
                            " AND host = 'h2' AND region IN ('eu', 'us')",
                            List.of("host", "region"),
                            "SELECT 'h2' AS host, unnest(['eu', 'us']) AS region"));

    private final Random random;

    OracleFillQueries(Random random) {
        this.random = random;
    }

    Query next() {
        long width = List.of(1, 5, 7, 60).get(random.nextInt(4)) * MINUTE;
        long from = OracleData.START + (long) (random.nextDouble() * 24_000) * 1_000_000_000L;
        long to = from + 1 + (long) (random.nextDouble() * 12_000) * 1_000_000_000L;
        Condition condition = CONDITIONS.get(random.nextInt(CONDITIONS.size()));
        String mode = List.of("null", "previous", "next", "linear", "value").get(random.nextInt(5));
        boolean isNumber = mode.equals("linear") || mode.equals("value");
        String aggregate =
                List.of("sum(i)", "avg(f)", "count(*)", "max(g)", "min(s)")
                        .get(random.nextInt(isNumber ? 4 : 5));
        String range =
                "time >= '"
                        + ExpressionText.time(from)
                        + "' AND time < '"
                        + ExpressionText.time(to)
                        + "'";
        return new Query(
                ours(width / MINUTE, range + condition.text(), condition.keys(), mode, aggregate),
                duck(width, from, to, condition, mode, aggregate),
                false);
    }

    private String ours(
            long minutes, String where, List<String> keys, String mode, String aggregate) {
        String fill = mode.equals("value") ? "-5" : mode;
        String more = keys.stream().map(key -> ", " + key).collect(Collectors.joining());
        return switch (random.nextInt(3)) {
            case 0 ->
                    "SELECT time_bucket('%dm', time)%s, %s FROM m WHERE %s GROUP BY 1%s FILL(%s)"
                            .formatted(minutes, more, aggregate, where, more, fill);
            case 1 ->
                    "SELECT time%s, %s FROM m WHERE %s SAMPLE BY %dm FILL(%s)"
                            .formatted(more, aggregate, where, minutes, fill);
            default -> {
                String filled =
                        switch (mode) {
                            case "null" -> aggregate;
                            case "previous" -> "locf(" + aggregate + ")";
                            case "linear" -> "interpolate(" + aggregate + ")";
                            case "value" -> "coalesce(" + aggregate + ", -5)";
                            default -> "";
                        };
                yield filled.isEmpty()
                        ? "SELECT time%s, %s FROM m WHERE %s SAMPLE BY %dm FILL(%s)"
                                .formatted(more, aggregate, where, minutes, fill)
                        : "SELECT time_bucket_gapfill('%dm', time)%s, %s FROM m WHERE %s GROUP BY 1%s"
                                .formatted(minutes, more, filled, where, more);
            }
        };
    }

    private static String duck(
            long width, long from, long to, Condition condition, String mode, String aggregate) {
        String bucket = "bucket(time, " + width + ", " + ORIGIN + ")";
        String keys = condition.keys().stream().map(k -> ", " + k).collect(Collectors.joining());
        String same =
                condition.keys().stream()
                        .map(k -> " AND a." + k + " IS NOT DISTINCT FROM k." + k)
                        .collect(Collectors.joining());
        String partition =
                condition.keys().isEmpty()
                        ? ""
                        : "PARTITION BY " + String.join(", ", condition.keys());
        String known =
                condition.known().isEmpty()
                        ? "SELECT DISTINCT " + keys.substring(2) + " FROM g"
                        : condition.known();
        long back = mode.equals("previous") ? Math.max(to - from, DAY) : 0;
        String groups = "SELECT " + bucket + " AS t" + keys + ", " + aggregate + " AS x FROM m";
        String value =
                switch (mode) {
                    case "null" -> "x";
                    case "previous" -> "p";
                    case "next" -> "n";
                    case "value" -> "coalesce(x, -5)";
                    default ->
                            "coalesce(x::DOUBLE, p + (n - p)::DOUBLE * (t - pt) / nullif(nt - pt,"
                                    + " 0))";
                };
        return """
        WITH g AS (%1$s WHERE time >= %2$d AND time < %3$d%4$s GROUP BY ALL),
        earlier AS (%1$s WHERE time >= %5$d AND time < %2$d%4$s GROUP BY ALL),
        k AS (%6$s),
        buckets AS (SELECT unnest(generate_series(bucket(%2$d, %7$d, %8$d), bucket(%9$d, %7$d, %8$d), %7$d)) AS t),
        r AS (SELECT buckets.t, k.*, 1 AS phase, a.x FROM buckets CROSS JOIN k LEFT JOIN g AS a ON a.t = buckets.t%10$s
              UNION ALL SELECT a.t, k.*, 0 AS phase, a.x FROM earlier AS a JOIN k ON TRUE%10$s),
        filled AS (SELECT *, last_value(x IGNORE NULLS) OVER w AS p, first_value(x IGNORE NULLS) OVER v AS n,
              last_value(CASE WHEN x IS NOT NULL THEN t END IGNORE NULLS) OVER w AS pt,
              first_value(CASE WHEN x IS NOT NULL THEN t END IGNORE NULLS) OVER v AS nt FROM r
              WINDOW w AS (%11$s ORDER BY t, phase ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
              v AS (%11$s ORDER BY t, phase ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING))
        SELECT t%12$s, %13$s AS x FROM filled WHERE phase = 1
        """
                .formatted(
                        groups,
                        from,
                        to,
                        condition.text(),
                        from - back,
                        known,
                        width,
                        ORIGIN,
                        to - 1,
                        same,
                        partition,
                        keys,
                        value);
    }
}
