package io.tsdb.query.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.exec.TestEngines;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.parquet.ParquetStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Answers as Parquet, read back by DuckDB.
class ParquetResultTest {
    @TempDir private Path directory;

    private static QueryResult answer(String sql) {
        return TestEngines.of(List.of(), 1, new Layout(1, 200, false))
                .engine()
                .execute(sql, Session.of(TestEngines.DATABASE));
    }

    private Path write(QueryResult result) throws IOException {
        Path file = directory.resolve("answer.parquet");
        try (var out = Files.newOutputStream(file);
                result) {
            new ParquetResultWriter().write(result, (bytes, length) -> out.write(bytes, 0, length));
        }
        return file;
    }

    /// Rows of a query of which `@` is the file, their columns joined by `|`.
    private static List<String> duck(Path file, String sql) throws SQLException {
        var rows = new ArrayList<String>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet set =
                        statement.executeQuery(sql.replace("@", "read_parquet('" + file + "')"))) {
            int columns = set.getMetaData().getColumnCount();
            while (set.next()) {
                var row = new ArrayList<String>();
                for (int column = 1; column <= columns; column++) {
                    row.add(String.valueOf(set.getString(column)));
                }
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    @Test
    void everyTypeAndOddValueIsReadBack() throws IOException, SQLException {
        Path file =
                write(
                        answer(
                                "SELECT * FROM (VALUES (TIMESTAMP '1677-09-21T00:12:43.145224192Z',"
                                    + " -9223372036854775807 - 1, 18446744073709551615, 1.5, TRUE,"
                                    + " 'it''s'), (TIMESTAMP '2024-02-29T12:00:00.000000001Z', 5,"
                                    + " 0, 'nan'::float64, FALSE, ''), (NULL, NULL, NULL, NULL,"
                                    + " NULL, NULL), (TIMESTAMP '1970-01-01T00:00:00Z', 0, 7,"
                                    + " '-inf'::float64, NULL, '😀')) AS t (t, i, u, f, b, s)"));
        assertThat(
                        duck(
                                file,
                                "SELECT epoch_ns(t::TIMESTAMP_NS), i, u, f, b, s FROM @ ORDER BY i"
                                        + " NULLS LAST"))
                .containsExactly(
                        "-9223372036854775808|-9223372036854775808|18446744073709551615|1.5|true|it's",
                        "0|0|7|-Infinity|null|😀",
                        "1709208000000000001|5|0|NaN|false|",
                        "null|null|null|null|null|null");
        assertThat(duck(file, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM @)"))
                .containsExactly(
                        "t|TIMESTAMPTZ_NS",
                        "i|BIGINT",
                        "u|UBIGINT",
                        "f|DOUBLE",
                        "b|BOOLEAN",
                        "s|VARCHAR");
    }

    /// More rows than a row group has, so that there are several, the last one smaller.
    @Test
    void manyRowsComeInRowGroups() throws IOException, SQLException {
        int batches = 2 * ParquetStream.GROUP_ROWS_MAX / 1000 + 5;
        Path file = write(new FixedResult(1000, batches, null));
        long rows = 1000L * batches;
        assertThat(
                        duck(
                                file,
                                "SELECT count(*), count(int64), sum(int64), sum(float64),"
                                        + " count(*) FILTER (bool), count(DISTINCT string),"
                                        + " epoch_ns(max(timestamp)::TIMESTAMP_NS) FROM @"))
                .containsExactly(
                        rows
                                + "|"
                                + presentCount(rows)
                                + "|"
                                + presentSum(rows)
                                + "|"
                                + (double) (rows * (rows - 1) / 2) / 4
                                + "|"
                                + rows / 2
                                + "|3|"
                                + (rows - 1) * 1_000_000_000L);
        List<String> groups =
                duck(
                        file,
                        "SELECT row_group_num_rows FROM parquet_metadata('"
                                + file
                                + "') WHERE column_id = 0");
        assertThat(groups.size()).isGreaterThan(2);
        assertThat(groups)
                .allSatisfy(
                        count ->
                                assertThat(Integer.parseInt(count))
                                        .isLessThan(ParquetStream.GROUP_ROWS_MAX + 1024));
    }

    private static long presentCount(long rows) {
        long count = 0;
        for (long row = 0; row < rows; row++) {
            count += row % 3 == 1 ? 0 : 1;
        }
        return count;
    }

    private static long presentSum(long rows) {
        long sum = 0;
        for (long row = 0; row < rows; row++) {
            sum += row % 3 == 1 ? 0 : row;
        }
        return sum;
    }

    @Test
    void anAnswerWithoutRowsHasItsColumns() throws IOException, SQLException {
        Path file = write(new FixedResult(3, 0, null));
        assertThat(duck(file, "SELECT * FROM @")).isEmpty();
        assertThat(duck(file, "SELECT column_name FROM (DESCRIBE SELECT * FROM @)"))
                .containsExactly("timestamp", "int64", "float64", "bool", "string");
    }

    @Test
    void columnsThatAreNamedAlikeAreToldApart() throws IOException, SQLException {
        Path file = write(answer("SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS a"));
        assertThat(duck(file, "SELECT column_name FROM (DESCRIBE SELECT * FROM @)"))
                .containsExactly("a", "a_2", "a_1", "a_3");
        assertThat(duck(file, "SELECT * FROM @")).containsExactly("1|2|3|4");
    }

    @Test
    void anAnswerThatEndsInAnErrorIsNoFile() throws IOException {
        var error = new QueryException(QueryErrorCode.TIMEOUT, Position.NONE, "took too long");
        var out = new ByteArrayOutputStream();
        assertThatThrownBy(
                        () ->
                                new ParquetResultWriter()
                                        .write(
                                                new FixedResult(1000, 500, error),
                                                (bytes, length) -> out.write(bytes, 0, length)))
                .isSameAs(error);
        assertThat(out.size()).isPositive();
        Path file = directory.resolve("cut.parquet");
        Files.write(file, out.toByteArray());
        assertThatThrownBy(() -> duck(file, "SELECT count(*) FROM @"))
                .isInstanceOf(SQLException.class);
    }
}
