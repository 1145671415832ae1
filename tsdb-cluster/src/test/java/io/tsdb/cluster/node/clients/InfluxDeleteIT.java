package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The deletes of InfluxDB's clients, `POST /api/v2/delete` and InfluxQL, and `DROP MEASUREMENT`:
/// which rows go, how many, and what is said of wrong ones.
class InfluxDeleteIT {
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

    /// Of `m` hosts `a` and `b` and a row without host, of `n` host `a`; times 1 to 4.
    private static void writeAll(String database) throws Exception {
        var lines = new StringBuilder();
        for (String series : List.of("m,host=a,rack=1", "m,host=b", "m", "n,host=a")) {
            for (int time = 1; time <= 4; time++) {
                lines.append("%s v=%di %d\n".formatted(series, 10 * time, time));
            }
        }
        assertThat(post("/write?db=" + database, lines.toString()).statusCode()).isEqualTo(204);
    }

    private static List<String> left(String database, String measurement) throws Exception {
        return node.rows(
                database,
                "SELECT host, count(*) FROM "
                        + measurement
                        + " GROUP BY host ORDER BY 1 NULLS LAST");
    }

    private static String deleted(String database, String body) throws Exception {
        HttpResponse<String> response = post("/api/v2/delete?org=o&bucket=" + database, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        return response.headers().firstValue("x-tsdb-deleted").orElseThrow();
    }

    private static String from(int start, int stop, String predicate) {
        return """
        {"start":"1970-01-01T00:00:00.00000000%dZ","stop":"1970-01-01T00:00:00.00000000%dZ"%s}\
        """
                .formatted(
                        start,
                        stop,
                        predicate.isEmpty()
                                ? ""
                                : ",\"predicate\":\"" + predicate.replace("\"", "\\\"") + "\"");
    }

    private static String influxQl(String database, String statements) throws Exception {
        HttpResponse<String> response =
                post(
                        "/query?db="
                                + database
                                + "&q="
                                + URLEncoder.encode(statements, StandardCharsets.UTF_8),
                        "");
        return response.statusCode() + " " + response.body().strip();
    }

    private static String oneDeleted(int rows) {
        return "200 {\"results\":[{\"statement_id\":0,\"messages\":[{\"level\":\"info\",\"text\":\""
                + rows
                + " rows deleted\"}]}]}";
    }

    @Test
    void predicatesChooseSeriesAndBothEndsOfTheTimeAreMeant() throws Exception {
        writeAll("v2");
        assertThat(deleted("v2", from(2, 3, "_measurement=\"m\" AND host=\"a\""))).isEqualTo("2");
        assertThat(left("v2", "m")).containsExactly("a 2", "b 4", "- 4");
        assertThat(left("v2", "n")).containsExactly("a 4");
        assertThat(deleted("v2/autogen", from(1, 1, "host='a'"))).isEqualTo("2");
        assertThat(left("v2", "n")).containsExactly("a 3");
        // as with InfluxDB: a tag that is not there is the empty text
        assertThat(deleted("v2", from(4, 4, "_measurement=m AND host=\"\""))).isEqualTo("1");
        assertThat(deleted("v2", from(1, 9, "rack=\"1\""))).isEqualTo("1");
        assertThat(deleted("v2", from(1, 9, "_measurement=nothing"))).isEqualTo("0");
        assertThat(left("v2", "m")).containsExactly("b 4", "- 3");
        assertThat(
                        deleted(
                                "v2",
                                "{\"start\":\"0001-01-01T00:00:00Z\",\"stop\":\"9999-12-31T23:59:59+01:00\"}"))
                .isEqualTo("10");
        assertThat(node.rows("v2", "SELECT count(*) FROM m")).containsExactly("0");
        writeAll("v2");
        assertThat(left("v2", "m")).containsExactly("a 4", "b 4", "- 4");
    }

    /// As `curl -d` sends it, which says that it is a form, and with the type that clients give it.
    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "application/json", "text/plain"})
    void aBodyIsJsonWhateverItsTypeIsSaidToBe(String type) throws Exception {
        String database = "typed-" + type.length();
        writeAll(database);
        URI path = URI.create(node.url() + "/api/v2/delete?bucket=" + database);
        HttpResponse<String> response =
                HTTP.send(
                        HttpRequest.newBuilder(path)
                                .header("Content-Type", type)
                                .POST(BodyPublishers.ofString(from(1, 4, "host=\"b\"")))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
        assertThat(left(database, "m")).containsExactly("a 4", "- 4");
    }

    @Test
    void wrongRequestsAreNamedAndDeleteNothing() throws Exception {
        writeAll("refused");
        String path = "/api/v2/delete?org=o&bucket=refused";
        assertThat(post(path, "{\"start\":\"x\"").body())
                .startsWith("{\"code\":\"invalid\",\"message\":\"error decoding json body");
        assertThat(post(path, "{\"start\":\"yesterday\",\"stop\":\"2020-01-01T00:00:00Z\"}").body())
                .contains("invalid RFC3339Nano for field start");
        assertThat(post(path, from(1, 2, "host=\"a\" OR host=\"b\"")).body())
                .contains("the logical operator OR is not supported yet, at position 9");
        assertThat(post(path, from(3, 2, "")).body()).contains("start lies after stop");
        assertThat(post(path, from(1, 2, "_field=\"v\"")).body())
                .contains("delete by field is not supported");
        assertThat(post(path, from(1, 2, "v=\"10\"")).body()).contains("'v' is a field of 'm'");
        assertThat(post("/api/v2/delete?org=o", from(1, 2, "")).body())
                .contains("bucket is required");
        HttpResponse<String> unknown = post("/api/v2/delete?bucket=nowhere", from(1, 2, ""));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body())
                .isEqualTo(
                        "{\"code\":\"not found\",\"message\":\"bucket \\\"nowhere\\\" not"
                                + " found\"}");
        HttpResponse<String> tooLong = post(path, " ".repeat((1 << 20) + 1));
        assertThat(tooLong.statusCode()).isEqualTo(413);
        assertThat(tooLong.body()).contains("\"code\":\"request too large\"");
        assertThat(left("refused", "m")).containsExactly("a 4", "b 4", "- 4");
        assertThat(left("refused", "n")).containsExactly("a 4");
    }

    @Test
    void influxQlDeletesAndDrops() throws Exception {
        writeAll("v1");
        assertThat(influxQl("v1", "DELETE FROM m WHERE time >= 2 AND time < 4 AND host != 'b'"))
                .isEqualTo(oneDeleted(4));
        assertThat(left("v1", "m")).containsExactly("a 2", "b 4", "- 2");
        assertThat(influxQl("v1", "DELETE WHERE time < now() - 1d AND host =~ /^[a]$/"))
                .isEqualTo(oneDeleted(6));
        assertThat(influxQl("v1", "DROP SERIES FROM m WHERE host = ''")).isEqualTo(oneDeleted(2));
        assertThat(left("v1", "m")).containsExactly("b 4");
        assertThat(influxQl("v1", "DELETE FROM \"m\" WHERE v = '10'"))
                .contains("fields not supported in WHERE clause during deletion");
        assertThat(influxQl("v1", "DELETE FROM m WHERE host = \"b\""))
                .isEqualTo(
                        "400 {\"error\":\"error parsing query: bad tag value: b, at position"
                                + " 27\"}");
        assertThat(influxQl("nowhere", "DELETE FROM m"))
                .isEqualTo(
                        "200 {\"results\":[{\"statement_id\":0,\"error\":\"database not found:"
                                + " nowhere\"}]}");
        assertThat(influxQl("v1", "DROP MEASUREMENT m; DROP MEASUREMENT m"))
                .isEqualTo(
                        "200 {\"results\":[{\"statement_id\":0},{\"statement_id\":1,\"error\":"
                                + "\"measurement not found: m\"}]}");
        assertThat(node.rows("v1", "SHOW MEASUREMENTS")).containsExactly("n");
    }

    @Test
    void sqlDropsMeasurements() throws Exception {
        writeAll("sql");
        assertThat(node.rows("sql", "DROP MEASUREMENT m")).containsExactly("dropped");
        assertThat(node.rows("sql", "SHOW MEASUREMENTS")).containsExactly("n");
        assertThatThrownBy(() -> node.rows("sql", "DROP MEASUREMENT m"))
                .hasMessageContaining("1:18: unknown measurement 'm'");
        assertThatThrownBy(() -> node.rows("nowhere", "DROP MEASUREMENT m"))
                .hasMessageContaining("unknown database 'nowhere'");
        assertThat(node.rows("sql", "DROP MEASUREMENT IF EXISTS m")).containsExactly("absent");
        // it comes anew, with another type
        assertThat(post("/write?db=sql", "m v=\"text\" 1").statusCode()).isEqualTo(204);
        assertThat(node.rows("sql", "SELECT * FROM m")).containsExactly("1 text");
    }
}
