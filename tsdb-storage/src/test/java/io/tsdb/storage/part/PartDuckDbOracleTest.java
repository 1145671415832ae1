package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// DuckDB reads parts as plain Parquet and finds, row for row, what was written.
class PartDuckDbOracleTest {
    @TempDir Path directory;

    /// Several row groups; microseconds, nanoseconds, and nanoseconds that come up only after the
    /// first row groups were written.
    @ParameterizedTest
    @CsvSource({"11, 1000, 7000", "12, 1, 30000", "13, 1000, 400000"})
    void readsTheRowsThatWereWritten(long seed, int timeUnitNanos, int rowGroupRows)
            throws IOException, SQLException {
        PartSample sample = PartSample.mixed(seed, 30, timeUnitNanos);
        Path file = write(sample, new PartConfig(3, rowGroupRows));
        assertThat(rows(file, PartRows.columns(sample))).isEqualTo(PartRows.of(sample));
    }

    @Test
    void readsTimesThatTurnOutToNeedNanoseconds() throws IOException, SQLException {
        PartSample sample = PartSample.mixed(14, 10, 1000);
        Map<String, String> late = Map.of("device", "zzz-later-than-all-others");
        SeriesKey key = sample.addSeries(late);
        var builder = new io.tsdb.storage.block.BlockBuilder();
        builder.begin(new long[] {PartSample.DAY_START + 1}, 1);
        int walk = sample.schema.field("walk").orElseThrow().index();
        builder.longs(walk, FieldType.INT64, new long[] {42}, null);
        sample.blocksOf(key).add(builder.build());
        Path file = write(sample, new PartConfig(3, 3000));
        assertThat(rows(file, PartRows.columns(sample))).isEqualTo(PartRows.of(sample));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet types =
                        statement.executeQuery("DESCRIBE SELECT time FROM '" + file + "'")) {
            assertThat(types.next()).isTrue();
            assertThat(types.getString("column_type")).isEqualTo("TIMESTAMPTZ_NS");
        }
    }

    @Test
    void prunesAndAggregatesByTheMetadata() throws IOException, SQLException {
        PartSample sample = PartSample.cpu(5, 8640);
        Path file = write(sample, new PartConfig(1, 20_000));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            long sum = 0;
            long count = 0;
            for (Block block : sample.blocks()) {
                sum += block.statistics(0).sumBits();
                count += block.pointCount();
            }
            try (ResultSet result =
                    statement.executeQuery(
                            "SELECT sum(usage_user), count(*), min(usage_user) >= 0,"
                                    + " max(time) FROM '"
                                    + file
                                    + "' WHERE time >= '2026-11-23' AND usage_user >= 0")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getLong(1)).isEqualTo(sum);
                assertThat(result.getLong(2)).isEqualTo(count);
                assertThat(result.getBoolean(3)).isTrue();
            }
            try (ResultSet result =
                    statement.executeQuery(
                            "SELECT count(*), min(hostname), max(hostname) FROM '"
                                    + file
                                    + "' WHERE hostname = 'host_3' AND time < '2026-11-23"
                                    + " 01:00:00'")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getLong(1)).isEqualTo(360);
                assertThat(result.getString(2)).isEqualTo("host_3");
                assertThat(result.getString(3)).isEqualTo("host_3");
            }
        }
    }

    /// Above 2^63 the order of a signed reading would be another.
    @Test
    void knowsUnsignedNumbersAndPrunesByThem() throws IOException, SQLException {
        PartSample sample = PartSample.mixed(11, 12, 1);
        Path file = write(sample, new PartConfig(1, 20_000));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet result =
                        statement.executeQuery(
                                "SELECT any_value(typeof(wild)), max(wild), count(*) FILTER (wild >"
                                        + " 9223372036854775807), (SELECT count(*) FROM '"
                                        + file
                                        + "' WHERE wild > 9223372036854775807) FROM '"
                                        + file
                                        + "'")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getString(1)).isEqualTo("UBIGINT");
            assertThat(result.getObject(2).toString()).isEqualTo("18446744073709551615");
            assertThat(result.getLong(3)).isPositive().isEqualTo(result.getLong(4));
        }
    }

    private Path write(PartSample sample, PartConfig config) throws IOException {
        PartSummary summary = sample.write(directory, 1, config);
        return summary.id().parquetFile(directory);
    }

    private static List<String> rows(Path file, List<String> columns) throws SQLException {
        var rows = new ArrayList<String>();
        var select = new StringBuilder("SELECT CAST(epoch_ns(time) AS BIGINT)");
        columns.forEach(column -> select.append(", \"").append(column).append('"'));
        select.append(" FROM read_parquet('").append(file).append("')");
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("SET preserve_insertion_order = true");
            try (ResultSet result = statement.executeQuery(select.toString())) {
                while (result.next()) {
                    var row = new StringBuilder().append(result.getLong(1));
                    for (int i = 0; i < columns.size(); i++) {
                        row.append('|').append(PartRows.text(result.getObject(i + 2)));
                    }
                    rows.add(row.toString());
                }
            }
        }
        return rows;
    }
}
