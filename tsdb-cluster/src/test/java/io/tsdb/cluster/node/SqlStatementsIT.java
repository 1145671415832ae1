package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Collections.nCopies;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Statements that write and that stop others, at a node with tokens.
class SqlStatementsIT {
    private static final String ADMIN = "admin-token-of-the-test-0123456789";
    private static final Pattern ID = Pattern.compile("\\[\\[(\\d+),");

    @TempDir private Path directory;
    private final HttpClient http = HttpClient.newHttpClient();
    private TsdbProcess node;
    private String url = "";

    @BeforeEach
    void start() throws Exception {
        node =
                TsdbProcess.start(
                        directory.resolve("data"), "--auth=true", "--admin-token=" + ADMIN);
        url = node.awaitReady();
        assertThat(ask("CREATE DATABASE IF NOT EXISTS d", ADMIN)).startsWith("200");
    }

    @AfterEach
    void end() {
        node.close();
        http.close();
    }

    /// Status and body.
    private String ask(String sql, String token) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?db=d"))
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(sql))
                        .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    private String token(String scopes) throws Exception {
        try (TsdbProcess tool =
                TsdbProcess.run(
                        directory,
                        "token",
                        "create",
                        "--data=" + directory.resolve("data"),
                        "--scope=" + scopes)) {
            assertThat(tool.awaitEnd()).isZero();
            String token = tool.output().strip();
            // the node looks for new ones from time to time
            while (ask("SHOW QUERIES", token).startsWith("401")) {
                Thread.onSpinWait();
            }
            return token;
        }
    }

    @Test
    void whatWasInsertedIsThereAfterAKill() throws Exception {
        String insert =
                "INSERT INTO m (time, host, v, n, on, note FIELD) VALUES"
                        + " ('2026-11-01', 'a b=,', 0.1, -3, TRUE, 'say \"hi\"\\ \n2'),"
                        + " ('2026-11-01', NULL, 1e300, 9223372036854775807, NULL, '')";
        assertThat(ask(insert, ADMIN)).contains("[[2]]");
        node.kill();
        start();
        assertThat(ask("SELECT time, host, v, n, on, note FROM m ORDER BY v", ADMIN))
                .contains(
                        "[\"2026-11-01T00:00:00Z\",\"a b=,\",0.1,-3,true,\"say \\\"hi\\\"\\\\ \\n"
                                + "2\"]")
                .contains("[\"2026-11-01T00:00:00Z\",null,1.0E300,9223372036854775807,null,\"\"]");
    }

    @Test
    void needsTheRightToWriteAndToReadWhatItSelects() throws Exception {
        assertThat(ask("INSERT INTO m (time, v) VALUES (now(), 1)", ADMIN)).contains("[[1]]");
        String writer = token("write:d");
        String reader = token("read:d");
        String both = token("read:d,write:d");
        String values = "INSERT INTO m (time, v) VALUES (now(), 2)";
        String select = "INSERT INTO m (time, v) SELECT time + 1d, v FROM m";
        String hidden = "INSERT INTO m (time, v) VALUES (now(), (SELECT max(v) FROM m))";
        assertThat(ask(values, reader)).startsWith("403");
        assertThat(ask(select, reader)).startsWith("403");
        assertThat(ask(values, writer)).startsWith("200");
        assertThat(ask(select, writer)).startsWith("403");
        assertThat(ask(hidden, writer)).startsWith("403");
        assertThat(ask(select, both)).startsWith("200");
        assertThat(ask("INSERT INTO m (time, v) VALUES (now(), 2)", token("write:e")))
                .startsWith("403");
    }

    @Test
    void writesNoRowOfAStatementThatHasAWrongOne() throws Exception {
        assertThat(ask("INSERT INTO m (time, v) VALUES (now(), 1)", ADMIN)).contains("[[1]]");
        for (String wrong :
                new String[] {
                    "(now(), 2, 'a'), (NULL, 3, 'b')",
                    "(now(), 2, 'a'), (now(), NULL, 'b')",
                    "(now(), 2, 'a'), (now(), 3, 'b\t')",
                    "(now(), 2, 'a'), (now(), 3, '')"
                }) {
            assertThat(ask("INSERT INTO m (time, v, host) VALUES " + wrong, ADMIN))
                    .startsWith("400")
                    .contains("row 2: ")
                    .contains("no row was written");
        }
        assertThat(ask("INSERT INTO m (time, f) SELECT now(), CAST('nan' AS float64)", ADMIN))
                .contains("fields hold finite numbers");
        assertThat(ask("SELECT count(*) FROM m", ADMIN)).contains("[[1]]");
    }

    /// More than one piece is written, of a query that reads what it writes.
    @Test
    void insertsWhatAQueryGives() throws Exception {
        var values = new StringBuilder("INSERT INTO m (time, host, v) VALUES ");
        for (int i = 0; i < 4_000; i++) {
            values.append(i == 0 ? "" : ",");
            values.append("(").append(1_800_000_000_000_000_000L + i).append(",'h',").append(i);
            values.append(')');
        }
        assertThat(ask(values.toString(), ADMIN)).contains("[[4000]]");
        long rows = 4_000;
        for (int i = 0; i < 6; i++) {
            String twice =
                    "INSERT INTO m (time, host, v) SELECT CAST(epoch_ns(time) + "
                            + rows
                            + " AS timestamp), host, v FROM m";
            assertThat(ask(twice, ADMIN)).contains("[[" + rows + "]]");
            rows *= 2;
        }
        assertThat(ask("SELECT count(*), sum(v) FROM m", ADMIN))
                .contains("[[" + rows + "," + rows / 4_000 * (3_999L * 4_000 / 2) + "]]");
    }

    @Test
    void aQueryIsStoppedByItsId() throws Exception {
        assertThat(ask("INSERT INTO m (time, v) VALUES ('2026-11-01', 1)", ADMIN))
                .contains("[[1]]");
        String reader = token("read:d");
        String other = token("read:d");
        String elsewhere = token("admin:e");
        // so many times nine million rows: minutes of work
        String filled =
                "SELECT time_bucket('1us', time) AS t, max(v) FROM m WHERE time >= '2026-11-01' AND"
                        + " time < '2026-11-01T00:00:09Z' GROUP BY 1 FILL(0)";
        String asked =
                "SELECT count(*) FROM (" + String.join(" UNION ALL ", nCopies(60, filled)) + ")";
        var answer = new CompletableFuture<String>();
        Thread asking =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        answer.complete(ask(asked, reader));
                                    } catch (IOException | InterruptedException e) {
                                        answer.completeExceptionally(e);
                                    }
                                });
        String listed = ask("SHOW QUERIES", ADMIN);
        while (!ID.matcher(listed).find() && !answer.isDone()) {
            listed = ask("SHOW QUERIES", ADMIN);
        }
        assertThat(answer).as("still runs").isNotDone();
        Matcher id = ID.matcher(listed);
        assertThat(id.find()).as(listed).isTrue();
        String cancel = "CANCEL QUERY " + id.group(1);
        assertThat(ask("SHOW QUERIES", other)).contains("\"rows\":[]");
        assertThat(ask(cancel, elsewhere)).startsWith("400");
        assertThat(ask(cancel, reader)).contains("cancelled");
        assertThat(answer.join()).startsWith("400").contains("\"cancelled\"");
        asking.join();
    }
}
