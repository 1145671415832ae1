package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/// `DELETE` and `TRUNCATE` over HTTP: which rows go, how many, and that later writes stay.
class DeleteIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String SECOND_AND_THIRD =
            "time BETWEEN '1970-01-01T00:00:00.000000002Z' AND '1970-01-01T00:00:00.000000003Z'";
    private static ClientNode node;

    @BeforeAll
    static void start() throws Exception {
        node = ClientNode.open();
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    private static void write(String database, String lines) throws Exception {
        HttpResponse<String> response =
                HTTP.send(
                        HttpRequest.newBuilder(URI.create(node.url() + "/write?db=" + database))
                                .POST(BodyPublishers.ofString(lines))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    /// Hosts `a` and `b`, times 1 to 4: `v` is 10 * time, `w` only where time is even.
    private static void writeEight(String database) throws Exception {
        var lines = new StringBuilder();
        for (String host : List.of("a", "b")) {
            for (int time = 1; time <= 4; time++) {
                lines.append(
                        "m,host=%s v=%di%s %d\n"
                                .formatted(host, 10 * time, time % 2 == 0 ? ",w=1.5" : "", time));
            }
        }
        write(database, lines.toString());
    }

    private static List<String> left(String database) throws Exception {
        return node.rows(database, "SELECT host, time, v FROM m ORDER BY host, time");
    }

    private static List<String> delete(String database, String where) throws Exception {
        return node.rows(database, "DELETE FROM m WHERE " + where);
    }

    @Test
    void deletesByTagAndTimeAndSaysHowMany() throws Exception {
        writeEight("bytag");
        assertThat(delete("bytag", "host = 'a' AND " + SECOND_AND_THIRD)).containsExactly("2");
        assertThat(left("bytag"))
                .containsExactly("a 1 10", "a 4 40", "b 1 10", "b 2 20", "b 3 30", "b 4 40");
        assertThat(node.rows("bytag", "SELECT count(*), sum(v), max(v) FROM m WHERE host = 'a'"))
                .containsExactly("2 50 40");
        assertThat(delete("bytag", "host = 'a' AND " + SECOND_AND_THIRD)).containsExactly("0");
    }

    @Test
    void deletesByFieldWholeRows() throws Exception {
        writeEight("byfield");
        assertThat(delete("byfield", "v > 25 AND w IS NULL")).containsExactly("2");
        assertThat(left("byfield"))
                .containsExactly("a 1 10", "a 2 20", "a 4 40", "b 1 10", "b 2 20", "b 4 40");
        assertThat(delete("byfield", "v * 2 = 80 OR host = 'b' AND w > 1")).containsExactly("3");
        assertThat(left("byfield")).containsExactly("a 1 10", "a 2 20", "b 1 10");
    }

    @Test
    void keepsWhatIsWrittenAfterwards() throws Exception {
        writeEight("later");
        assertThat(delete("later", "host = 'b'")).containsExactly("4");
        write("later", "m,host=b v=7i 2");
        // the row is a new one: the field that only the deleted row had stays gone
        assertThat(node.rows("later", "SELECT time, v, w FROM m WHERE host = 'b'"))
                .containsExactly("2 7 -");
        assertThat(delete("later", "v = 20 AND host = 'b'")).containsExactly("0");
    }

    @Test
    void truncates() throws Exception {
        writeEight("all");
        write("all", "other v=1i 1");
        assertThatThrownBy(() -> node.rows("all", "DELETE FROM m"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TRUNCATE m");
        assertThat(node.rows("all", "TRUNCATE m")).containsExactly("8");
        assertThat(left("all")).isEmpty();
        assertThat(node.rows("all", "SELECT count(*) FROM other")).containsExactly("1");
        writeEight("all");
        assertThat(left("all")).hasSize(8);
    }

    @Test
    void namesWhatIsWrong() throws Exception {
        writeEight("wrong");
        assertThatThrownBy(() -> delete("wrong", "hots = 'a'")).hasMessageContaining("hots");
        assertThatThrownBy(() -> node.rows("wrong", "DELETE FROM nothing WHERE v = 1"))
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> delete("wrong", "count(v) > 1")).hasMessageContaining("count");
        assertThat(left("wrong")).hasSize(8);
    }
}
