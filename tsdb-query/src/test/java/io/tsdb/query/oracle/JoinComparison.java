package io.tsdb.query.oracle;

import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/// Joins of a node and of DuckDB over the same rows, in turn: the figures of `PERFORMANCE.md`.
///
/// Arguments: the address of a node that runs, `http://127.0.0.1:8086`; the rows are written to its
/// database `joins`, which it has, where they are not there yet. DuckDB runs in this process, with
/// two threads.
final class JoinComparison {
    private static final int ROWS = 1_000_000;
    private static final int HOSTS = 1_000;
    private static final int ROUNDS = 9;
    private static final long START = 1_700_000_000_000_000_000L;
    private static final long STEP = 10_000_000_000L;

    private static final List<String> QUERIES =
            List.of(
                    "SELECT room, count(*), sum(v) FROM m JOIN site USING (host) GROUP BY room"
                            + " ORDER BY room",
                    "SELECT sum(v * floor) FROM m JOIN site USING (host)",
                    "SELECT count(*), sum(v) FROM m JOIN site USING (host) WHERE m.host = 'h7'",
                    "SELECT count(*), sum(v), sum(w) FROM m JOIN e ON m.host = e.host AND m.v ="
                            + " e.w",
                    "SELECT count(*), sum(v), sum(w) FROM m ASOF JOIN e ON m.host = e.host AND"
                            + " m.time >= e.time",
                    "SELECT count(*), sum(v), sum(w) FROM (SELECT * FROM m WHERE v < 1000) AS m"
                            + " ASOF JOIN e ON m.host = e.host AND m.time >= e.time");

    private final HttpClient client = HttpClient.newHttpClient();
    private final String node;

    private JoinComparison(String node) {
        this.node = node;
    }

    public static void main(String[] arguments)
            throws IOException, InterruptedException, SQLException {
        var comparison = new JoinComparison(arguments[0]);
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            comparison.load(duck);
            for (String query : QUERIES) {
                comparison.compare(query, duck);
            }
        }
    }

    private void compare(String query, Connection duck)
            throws IOException, InterruptedException, SQLException {
        var ours = new double[ROUNDS];
        var theirs = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            ask(query);
            long between = System.nanoTime();
            try (Statement statement = duck.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    rows.getObject(1);
                }
            }
            ours[round] = (between - start) / 1e6;
            theirs[round] = (System.nanoTime() - between) / 1e6;
        }
        Arrays.sort(ours);
        Arrays.sort(theirs);
        System.out.printf(
                "%s%n  p50 ms: tsdb %.1f, DuckDB %.1f, ratio %.2f%n",
                query, ours[ROUNDS / 2], theirs[ROUNDS / 2], ours[ROUNDS / 2] / theirs[ROUNDS / 2]);
    }

    private void load(Connection duck) throws IOException, InterruptedException, SQLException {
        try (Statement statement = duck.createStatement()) {
            statement.execute("SET threads = 2");
            statement.execute("CREATE TABLE m (time BIGINT, host VARCHAR, v BIGINT)");
            statement.execute("CREATE TABLE e (time BIGINT, host VARCHAR, w BIGINT)");
            statement.execute("CREATE TABLE site (host VARCHAR, room VARCHAR, floor BIGINT)");
        }
        boolean isThere = ask("SELECT count(*) FROM e").contains("[[" + ROWS + "]]");
        var lines = new StringBuilder();
        try (DuckDBAppender m = appender(duck, "m");
                DuckDBAppender e = appender(duck, "e");
                DuckDBAppender site = appender(duck, "site")) {
            for (int i = 0; i < ROWS; i++) {
                String host = "h" + i % HOSTS;
                long bucket = START + i / HOSTS * STEP;
                long ofM = bucket + i % HOSTS;
                long ofE = bucket + 3_000_000_000L + i % 13 * 400_000_000L;
                long v = i * 7_919L % 100_000;
                row(m, ofM, host, v);
                row(e, ofE, host, i);
                lines.append("m,host=" + host + " v=" + v + "i " + ofM + "\n");
                lines.append("e,host=" + host + " w=" + i + "i " + ofE + "\n");
                if (i < HOSTS) {
                    site.beginRow();
                    site.append(host);
                    site.append("r" + i % 50);
                    site.append(i % 7L);
                    site.endRow();
                    lines.append("site,host=" + host + ",room=r" + i % 50 + " floor=" + i % 7);
                    lines.append("i " + START + "\n");
                }
                if (!isThere && (lines.length() > 1 << 20 || i == ROWS - 1)) {
                    send("/write?db=joins", lines.toString());
                }
                if (lines.length() > 1 << 20) {
                    lines.setLength(0);
                }
            }
        }
    }

    private static DuckDBAppender appender(Connection duck, String table) throws SQLException {
        return duck.unwrap(DuckDBConnection.class)
                .createAppender(DuckDBConnection.DEFAULT_SCHEMA, table);
    }

    private static void row(DuckDBAppender table, long time, String host, long value)
            throws SQLException {
        table.beginRow();
        table.append(time);
        table.append(host);
        table.append(value);
        table.endRow();
    }

    private String ask(String query) throws IOException, InterruptedException {
        return send(
                "/api/v1/sql?db=joins", "q=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    }

    private String send(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(node + path))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.body();
    }
}
