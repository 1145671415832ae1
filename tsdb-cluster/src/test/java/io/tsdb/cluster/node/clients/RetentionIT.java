package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;

/// Retention over HTTP: what is set is shown, and what is older is in no answer.
class RetentionIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static ClientNode node;

    @BeforeAll
    static void start() throws Exception {
        node = ClientNode.open();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static HttpResponse<String> post(String pathAndQuery, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(node.url() + pathAndQuery))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /// Of `m` and `n` host `old`, 40 and 20 days back, and host `new`, 20 days and an hour back;
    /// `v` is the age in hours.
    private static void write(String database) throws Exception {
        long hour = Instant.now().getEpochSecond() / 3600;
        var lines = new StringBuilder();
        for (String measurement : List.of("m", "n")) {
            lines.append("%s,host=old v=960i %d\n".formatted(measurement, hour - 960));
            lines.append("%s,host=old v=480i %d\n".formatted(measurement, hour - 480));
            lines.append("%s,host=new v=481i %d\n".formatted(measurement, hour - 481));
            lines.append("%s,host=new v=1i %d\n".formatted(measurement, hour - 1));
        }
        HttpResponse<String> response = post("/write?precision=h&db=" + database, lines.toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    @Test
    void whatIsOlderIsInNoAnswer() throws Exception {
        assertThat(node.rows("x", "CREATE DATABASE d WITH RETENTION 30d"))
                .containsExactly("created");
        write("d");
        String all = "SELECT count(*), sum(v), max(v), min(time) = max(time) FROM m";
        assertThat(node.rows("d", all)).containsExactly("3 962 481 false");
        assertThat(node.rows("d", "SELECT host, v FROM m ORDER BY v"))
                .containsExactly("new 1", "old 480", "new 481");
        assertThat(node.rows("d", "SELECT host, v FROM m LATEST BY host ORDER BY host"))
                .containsExactly("new 1", "old 480");
        node.rows("d", "ALTER MEASUREMENT m SET RETENTION '10 days'");
        assertThat(node.rows("d", all)).containsExactly("1 1 1 true");
        assertThat(node.rows("d", "SHOW SERIES FROM m")).containsExactly("m,host=new");
        assertThat(node.rows("d", "SHOW TAG VALUES FROM m WITH KEY = host")).containsExactly("new");
        assertThat(node.rows("d", "SHOW TAG VALUES FROM n WITH KEY = host"))
                .containsExactly("new", "old");
        assertThat(node.rows("d", "SELECT count(*) FROM n")).containsExactly("3");
        assertThat(node.rows("d", "SHOW RETENTION"))
                .containsExactly(" 30d database", "m 10d measurement", "n 30d database");
        node.rows("d", "ALTER MEASUREMENT m SET RETENTION DEFAULT");
        assertThat(node.rows("d", all)).containsExactly("3 962 481 false");
        node.rows("d", "ALTER DATABASE d SET RETENTION NONE");
        assertThat(node.rows("d", all)).containsExactly("4 1922 960 false");
    }

    @Test
    void deletedSeriesAreNotShown() throws Exception {
        node.rows("x", "CREATE DATABASE e");
        write("e");
        assertThat(node.rows("e", "DELETE FROM m WHERE host = 'old'")).containsExactly("2");
        assertThat(node.rows("e", "SHOW SERIES"))
                .containsExactly("m,host=new", "n,host=new", "n,host=old");
        assertThat(node.rows("e", "SHOW TAG VALUES FROM m WITH KEY = host")).containsExactly("new");
        write("e");
        assertThat(node.rows("e", "SHOW SERIES FROM m"))
                .containsExactly("m,host=new", "m,host=old");
    }

    @Test
    void influxQlSetsADuration() throws Exception {
        String created =
                post("/query?q=CREATE+DATABASE+f+WITH+DURATION+52w+REPLICATION+1+NAME+x", "")
                        .body();
        assertThat(created).isEqualTo("{\"results\":[{\"statement_id\":0}]}\n");
        assertThat(node.rows("f", "SHOW RETENTION")).containsExactly(" 364d database");
        assertThat(post("/query?q=CREATE+DATABASE+g+WITH+DURATION+soon", "").body())
                .contains("invalid duration soon");
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> node.rows("x", "ALTER DATABASE nowhere SET RETENTION 1d"))
                .hasMessageContaining("unknown database 'nowhere'");
        assertThatThrownBy(() -> node.rows("nowhere", "SHOW RETENTION"))
                .hasMessageContaining("unknown database 'nowhere'");
    }
}
