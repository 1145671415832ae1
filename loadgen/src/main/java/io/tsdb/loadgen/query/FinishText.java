package io.tsdb.loadgen.query;

import java.util.List;

/// The SQL of tsdb that makes a result of groups per truck and ten minutes: what [ClientFinish]
/// does for servers that have none for it.
final class FinishText {
    private static final String DAY = "date_trunc('day', t)";

    private FinishText() {}

    /// The whole statement.
    ///
    /// @param groups a query with the columns `t`, the tags, `a0`, `a1` ...
    static String of(QuerySpec spec, String groups) {
        String tags = String.join(", ", spec.groupTags());
        String from = " FROM (" + groups + ") WHERE a0 IS NOT NULL";
        return switch (spec.finish()) {
            case NONE -> groups;
            case MORE_THAN_22 -> countAbove(22, tags, from);
            case MORE_THAN_60 -> countAbove(60, tags, from);
            case HOURS_PER_DAY ->
                    "SELECT "
                            + tags
                            + ", count(*) / 6.0 / count(DISTINCT "
                            + DAY
                            + ")"
                            + from
                            + " GROUP BY "
                            + tags;
            case SESSION_SECONDS -> sessions(tags, spec.groupTags(), from);
            case SHARE_OF_DAY -> {
                String keys = String.join(", ", spec.groupTags().subList(0, 2)) + ", " + DAY;
                yield "SELECT " + keys + ", sum(a1) / 144.0" + from + " GROUP BY " + keys;
            }
            case BREAKDOWNS ->
                    "SELECT "
                            + spec.groupTags().getFirst()
                            + ", count(*) FROM (SELECT "
                            + tags
                            + ", a0 < 1 AS broken, lag(a0 < 1) OVER (PARTITION BY "
                            + tags
                            + " ORDER BY t) AS before"
                            + from
                            + ") WHERE broken AND NOT before GROUP BY "
                            + spec.groupTags().getFirst();
        };
    }

    private static String countAbove(int least, String tags, String from) {
        return "SELECT "
                + tags
                + ", count(*)"
                + from
                + " GROUP BY "
                + tags
                + " HAVING count(*) > "
                + least;
    }

    /// States that changed, each with the begin of the next one.
    private static String sessions(String tags, List<String> names, String from) {
        String window = " OVER (PARTITION BY " + tags + " ORDER BY t)";
        return "WITH s AS (SELECT t, "
                + tags
                + ", a0 > 5 AS drives, lag(a0 > 5)"
                + window
                + " AS before"
                + from
                + "), c AS (SELECT t, "
                + tags
                + ", drives, lead(t)"
                + window
                + " AS stop FROM s WHERE drives <> before) SELECT "
                + names.getFirst()
                + ", "
                + DAY
                + ", avg(epoch_ns(stop) - epoch_ns(t)) / 1e9 FROM c WHERE drives AND stop IS NOT"
                + " NULL GROUP BY "
                + names.getFirst()
                + ", "
                + DAY;
    }
}
