package io.tsdb.query.oracle;

import io.tsdb.query.memory.TestPoint;
import io.tsdb.storage.model.SeriesKey;

import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The points as a table of DuckDB, one row per series and time. Times are int64 nanoseconds.
final class DuckDbTable implements AutoCloseable {
    private static final List<String> TAGS = List.of("host", "region", "slot");
    private static final List<String> FIELDS = List.of("i", "j", "f", "g", "o", "s", "u");

    private record RowKey(Map<String, String> tags, long time) {}

    private final Connection connection;

    DuckDbTable(List<TestPoint> points) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 1");
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute("SET ieee_floating_point_ops = false");
            statement.execute("SET error_on_division_by_zero = false");
            statement.execute(
                    "CREATE TABLE m (time BIGINT, host VARCHAR, region VARCHAR, slot VARCHAR, i"
                        + " BIGINT, j BIGINT, f DOUBLE, g DOUBLE, o BOOLEAN, s VARCHAR, u VARCHAR,"
                        + " series_hash BIGINT)");
            statement.execute("CREATE MACRO bucket(t, w, o) AS t - (((t - o) % w + w) % w)");
        }
        insert(points);
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE m ALTER u TYPE UBIGINT");
        }
    }

    private void insert(List<TestPoint> points) throws SQLException {
        var rows = new LinkedHashMap<RowKey, Map<String, Object>>();
        for (TestPoint point : points) {
            rows.computeIfAbsent(new RowKey(point.tags(), point.time()), _ -> new HashMap<>())
                    .putAll(point.fields());
        }
        try (DuckDBAppender appender =
                connection
                        .unwrap(DuckDBConnection.class)
                        .createAppender(DuckDBConnection.DEFAULT_SCHEMA, "m")) {
            for (Map.Entry<RowKey, Map<String, Object>> row : rows.entrySet()) {
                appender.beginRow();
                appender.append(row.getKey().time());
                for (String tag : TAGS) {
                    appender.append(row.getKey().tags().get(tag));
                }
                for (String field : FIELDS) {
                    append(appender, row.getValue().get(field));
                }
                long hash = SeriesKey.of(OracleData.MEASUREMENT, row.getKey().tags()).hash();
                // as a number that orders like the unsigned one
                appender.append(hash ^ Long.MIN_VALUE);
                appender.endRow();
            }
        }
    }

    private static void append(DuckDBAppender appender, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> appender.appendNull();
            case Long number -> appender.append(number.longValue());
            case Double number -> appender.append(number.doubleValue());
            case Boolean bool -> appender.append(bool.booleanValue());
            default -> appender.append(value.toString());
        }
    }

    /// @param beyondInt64 whether whole numbers up to 2^64 - 1 are in range, as [BigInteger]
    List<List<@Nullable Object>> rows(String sql, boolean beyondInt64) throws SQLException {
        var rows = new ArrayList<List<@Nullable Object>>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                var row = new ArrayList<@Nullable Object>();
                for (int i = 1; i <= columns; i++) {
                    row.add(plain(result.getObject(i), beyondInt64));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static @Nullable Object plain(@Nullable Object value, boolean beyondInt64) {
        return switch (value) {
            case null -> null;
            case BigInteger number ->
                    beyondInt64 && number.bitLength() == Long.SIZE && number.signum() > 0
                            ? number
                            : number.longValueExact();
            case Integer number -> number.longValue();
            default -> value;
        };
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
