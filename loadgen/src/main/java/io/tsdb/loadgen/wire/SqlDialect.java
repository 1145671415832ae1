package io.tsdb.loadgen.wire;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Servers that answer SQL, and how they differ.
public enum SqlDialect {
    TSDB("time", "rows"),
    QUESTDB("timestamp", "dataset");

    private final String timeColumn;
    private final String rowsKey;

    SqlDialect(String timeColumn, String rowsKey) {
        this.timeColumn = timeColumn;
        this.rowsKey = rowsKey;
    }

    /// Name of the column that holds the time of a point.
    public String timeColumn() {
        return timeColumn;
    }

    /// Key of the answer's rows.
    String rowsKey() {
        return rowsKey;
    }

    /// Path and query of a request.
    String path(String database, String sql) {
        String text = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return switch (this) {
            case TSDB ->
                    "/api/v1/sql?db="
                            + URLEncoder.encode(database, StandardCharsets.UTF_8)
                            + "&format=json&epoch=ns&q="
                            + text;
            case QUESTDB -> "/exec?query=" + text;
        };
    }

    /// A time as a literal.
    public static String literal(long nanos) {
        return "'" + instant(nanos) + "'";
    }

    /// A time as RFC 3339.
    public static String instant(long nanos) {
        return Instant.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
                .toString();
    }

    /// An identifier in quotes.
    public static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }
}
