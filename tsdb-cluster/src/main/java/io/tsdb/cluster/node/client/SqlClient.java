package io.tsdb.cluster.node.client;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Sends SQL to a node over HTTP. Any thread.
public final class SqlClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(120);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final JsonMapper json = JsonMapper.shared();
    private final URI url;
    private final Optional<String> token;

    /// @param url of the node: `http://HOST:PORT`
    public SqlClient(String url, Optional<String> token) {
        this.url = URI.create(url + "/api/v1/sql");
        this.token = token;
    }

    /// Runs one statement; the answer is held in memory as a whole.
    ///
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public SqlAnswer query(String database, String sql)
            throws IOException, InterruptedException, SqlRefusedException {
        String form = "db=" + encoded(database) + "&q=" + encoded(sql) + "&format=json";
        var request =
                HttpRequest.newBuilder(url)
                        .timeout(ANSWER_TIMEOUT)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form));
        token.ifPresent(text -> request.header("Authorization", "Token " + text));
        HttpResponse<String> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        try {
            JsonNode answer = json.readTree(response.body());
            if (response.statusCode() != 200) {
                JsonNode error = answer.path("error");
                throw new SqlRefusedException(error.path("message").asString(error.asString("")));
            }
            return read(answer);
        } catch (JacksonException e) {
            throw new IOException(
                    url + " answered " + response.statusCode() + ", and no JSON that is known", e);
        }
    }

    private static SqlAnswer read(JsonNode answer) {
        var columns = new ArrayList<SqlAnswer.Column>();
        for (JsonNode column : answer.path("columns")) {
            columns.add(
                    new SqlAnswer.Column(
                            column.path("name").asString(""), column.path("type").asString("")));
        }
        var rows = new ArrayList<List<String>>();
        for (JsonNode row : answer.path("rows")) {
            var values = new ArrayList<String>();
            for (JsonNode value : row) {
                values.add(value.isNull() ? "" : value.asString());
            }
            rows.add(List.copyOf(values));
        }
        return new SqlAnswer(columns, rows, answer.path("elapsedMs").asDouble(0));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
