package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// `tsdb export --format parquet`: DuckDB reads the files with types, tags and times as they are,
/// and has the rows that the node has.
class ParquetExportIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long DAY = 86_400_000_000_000L;
    private static final long START = 1_700_006_400_000_000_000L; // 2023-11-15

    @TempDir Path temporary;

    private static void write(String url, String lines) throws Exception {
        HttpResponse<String> response =
                HTTP.send(
                        HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                                .POST(BodyPublishers.ofString(lines))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    private static List<String> query(String url, String sql) throws Exception {
        String q = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return HTTP.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                url
                                                        + "/api/v1/sql?db=d&epoch=ns&format=csv&q="
                                                        + q))
                                .build(),
                        BodyHandlers.ofString())
                .body()
                .lines()
                .toList();
    }

    private static List<String> duckDb(String sql) throws Exception {
        var rows = new ArrayList<String>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                var row = new ArrayList<String>();
                for (int column = 1; column <= columns; column++) {
                    String value = result.getString(column);
                    row.add(value == null ? "" : value);
                }
                rows.add(String.join(",", row));
            }
        }
        return rows;
    }

    private static int run(String... arguments) {
        return Main.commandLine().execute(arguments);
    }

    /// Three days, late rows and duplicates of them in later flushes, deletes, absent values.
    private static void fill(String url) throws Exception {
        for (int round = 0; round < 3; round++) {
            var lines = new StringBuilder();
            for (int i = 0; i < 3000; i++) {
                long time = START + (i % 1000) * 3 * DAY / 1000 + round * 7L;
                lines.append("m,host=h").append(i % 7);
                lines.append(i % 3 == 0 ? ",röm=a\\ b" : "");
                lines.append(" f=").append(i / 8.0);
                lines.append(i % 2 == 0 ? ",i=-" + i + "i" : "");
                lines.append(i % 5 == 0 ? ",u=18446744073709551615u,b=true" : "");
                lines.append(i % 4 == 0 ? ",s=\"text é " + i % 9 + "\"" : "");
                lines.append(' ').append(time).append('\n');
            }
            lines.append("m,host=h1 f=").append(round).append(' ').append(START).append('\n');
            lines.append("a/b\\ c v=1i ").append(round).append('\n');
            write(url, lines.toString());
            // a delete flushes
            query(url, "DELETE FROM m WHERE i = -" + 100 * (round + 1));
        }
    }

    /// Readers take the type of the first file's times for all: days whose times are whole
    /// microseconds must not round those of the others.
    @Test
    @Timeout(300)
    void allDaysHaveTheUnitThatOneOfThemNeeds() throws Exception {
        try (TsdbProcess process = TsdbProcess.start(temporary.resolve("data"))) {
            String url = process.awaitReady();
            write(url, "m,host=a v=1i " + START + "\n");
            query(url, "FLUSH");
            long next = START + DAY;
            write(url, "m,host=b v=2i " + (next + 1) + "\nm,host=c v=3i " + (next + 1999) + "\n");
            Path target = temporary.resolve("out");
            query(url, "EXPORT m TO '" + target + "'");
            assertThat(
                            duckDb(
                                    "SELECT v, epoch_ns(time) FROM read_parquet('"
                                            + target
                                            + "/*/*.parquet') ORDER BY v"))
                    .containsExactly("1," + START, "2," + (next + 1), "3," + (next + 1999));
        }
    }

    /// Only days that have rows are worked on, not the two hundred thousand between them.
    @Test
    @Timeout(300)
    void rowsOfSeveralCenturiesAreADayEach() throws Exception {
        try (TsdbProcess process = TsdbProcess.start(temporary.resolve("data"))) {
            String url = process.awaitReady();
            write(
                    url,
                    """
                    m,host=a v=1i -8520336000000000000
                    m,host=a v=2i %d
                    m,host=a v=3i 8835868800000000000
                    """
                            .formatted(START));
            Path target = temporary.resolve("out");
            assertThat(query(url, "EXPORT m TO '" + target + "'").getLast()).startsWith("3,3,");
            try (var days = Files.list(target)) {
                assertThat(days.map(day -> day.getFileName().toString()).sorted())
                        .containsExactly("1700-01-01", "2023-11-15", "2249-12-31");
            }
            assertThat(
                            duckDb(
                                    "SELECT v, epoch_ns(time) FROM read_parquet('"
                                            + target
                                            + "/*/*.parquet') ORDER BY v"))
                    .containsExactly(
                            "1,-8520336000000000000", "2," + START, "3,8835868800000000000");
        }
    }

    @Test
    @Timeout(300)
    void duckDbReadsWhatTheNodeHas() throws Exception {
        try (TsdbProcess process = TsdbProcess.start(temporary.resolve("data"))) {
            String url = process.awaitReady();
            fill(url);
            Path target = temporary.resolve("out");
            String[] command = {
                "export", "--db=d", "--url=" + url, "--format=parquet", "--output=" + target
            };
            assertThat(run(command)).isZero();
            assertThat(run(command)).as("it is there already").isEqualTo(1);
            assertThat(target.resolve("a%2Fb%20c").resolve("1970-01-01")).isDirectory();
            try (var days = Files.list(target.resolve("m"))) {
                assertThat(days.map(day -> day.getFileName().toString()).sorted())
                        .containsExactly("2023-11-15", "2023-11-16", "2023-11-17");
            }
            String files = "read_parquet('" + target.resolve("m") + "/*/*.parquet')";
            assertThat(duckDb("SELECT column_name, column_type FROM (DESCRIBE FROM " + files + ")"))
                    .containsExactly(
                            "time,TIMESTAMPTZ_NS",
                            "host,VARCHAR",
                            "röm,VARCHAR",
                            "b,BOOLEAN",
                            "f,DOUBLE",
                            "i,BIGINT",
                            "s,VARCHAR",
                            "u,UBIGINT");
            String order = " ORDER BY time, host, \"röm\" NULLS FIRST";
            List<String> own =
                    query(url, "SELECT time, host, \"röm\", b, f, i, s, u FROM m" + order);
            List<String> read =
                    duckDb(
                            "SELECT epoch_ns(time), host, \"röm\", b, f, i, s, u FROM "
                                    + files
                                    + order);
            assertThat(own).hasSizeGreaterThan(8000);
            assertThat(read).isEqualTo(own.subList(1, own.size()));

            Path part = temporary.resolve("part");
            assertThat(
                            run(
                                    "export",
                                    "--db=d",
                                    "--url=" + url,
                                    "--format=parquet",
                                    "--measurement=m",
                                    "--from=2023-11-16T12:00:00Z",
                                    "--to=2023-11-17",
                                    "--output=" + part))
                    .isZero();
            assertThat(
                            duckDb(
                                    "SELECT count(*), min(epoch_ns(time)), max(epoch_ns(time)) FROM"
                                            + " read_parquet('"
                                            + part.resolve("m")
                                            + "/*/*.parquet')"))
                    .containsExactly(
                            query(
                                            url,
                                            "SELECT count(*), min(time), max(time) FROM m WHERE"
                                                    + " time >= '2023-11-16T12:00:00Z' AND time <"
                                                    + " '2023-11-17'")
                                    .getLast());
            assertThat(query(url, "EXPORT m TO 'relative'").getLast()).contains("absolute path");
            Path data = temporary.resolve("data");
            Path link = Files.createSymbolicLink(temporary.resolve("link"), data);
            for (Path inside : List.of(data, data.resolve("x/y"), link.resolve("x"))) {
                assertThat(query(url, "EXPORT m TO '" + inside + "'").getLast())
                        .contains("lies in the node's data directory");
                assertThat(query(url, "BACKUP TO '" + inside + "'").getLast())
                        .contains("lies in the node's data directory");
            }
            assertThat(data.resolve("x")).doesNotExist();
            assertThat(query(url, "EXPORT nothing TO '/tmp/x'").getLast())
                    .contains("unknown_measurement");
        }
    }
}
