package io.tsdb.cluster.node.client;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLException;

/// Sends SQL to a node over HTTP. Any thread.
public final class SqlClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(120);

    /// Of what may take long, such as a backup: the node ends it, or the user.
    public static final Duration LONG_TIMEOUT = Duration.ofHours(24);

    private final HttpClient http;
    private final JsonMapper json = JsonMapper.shared();
    private final URI url;
    private final Optional<String> token;
    private final Duration moment;

    /// @param url of the node: `http://HOST:PORT`
    public SqlClient(String url, Optional<String> token) {
        this(url, token, HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build());
    }

    /// @param url of the node: `http://HOST:PORT`
    /// @param http closed with this
    public SqlClient(String url, Optional<String> token, HttpClient http) {
        this(url, token, http, ANSWER_TIMEOUT);
    }

    /// @param moment how long an answer may take that takes a moment
    SqlClient(String url, Optional<String> token, HttpClient http, Duration moment) {
        this.moment = moment;
        this.url = URI.create(url + "/api/v1/sql");
        this.token = token;
        this.http = http;
    }

    /// Runs one statement that takes a moment; the answer is held in memory as a whole.
    ///
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public SqlAnswer query(String database, String sql)
            throws IOException, InterruptedException, SqlRefusedException {
        return query(database, sql, moment);
    }

    /// Likewise one that may take hours, such as `BACKUP` or one that a user has typed.
    ///
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public SqlAnswer queryLong(String database, String sql)
            throws IOException, InterruptedException, SqlRefusedException {
        return query(database, sql, LONG_TIMEOUT);
    }

    private SqlAnswer query(String database, String sql, Duration timeout)
            throws IOException, InterruptedException, SqlRefusedException {
        HttpResponse<String> response =
                send(database, sql, "json", timeout, HttpResponse.BodyHandlers.ofString());
        JsonNode answer = json(response.statusCode(), response.body());
        // a query that failed behind its first rows says so at the end
        if (response.statusCode() != 200 || answer.has("error")) {
            throw refused(answer);
        }
        return read(answer);
    }

    /// Gets a table that a node shows at a path of its own.
    ///
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public SqlAnswer table(String path)
            throws IOException, InterruptedException, SqlRefusedException {
        return table(HttpRequest.newBuilder(url.resolve(path)).timeout(moment));
    }

    /// Has a node do something that may take long, and gets the table of what came of it.
    ///
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public SqlAnswer act(String path, Duration timeout)
            throws IOException, InterruptedException, SqlRefusedException {
        return table(
                HttpRequest.newBuilder(url.resolve(path))
                        .timeout(timeout)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{}")));
    }

    private SqlAnswer table(HttpRequest.Builder request)
            throws IOException, InterruptedException, SqlRefusedException {
        HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode answer = json(response.statusCode(), response.body());
        if (response.statusCode() != 200) {
            throw refused(answer);
        }
        return read(answer);
    }

    /// Gets what a node shows at a path of its own.
    ///
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public JsonNode get(String path) throws IOException, InterruptedException, SqlRefusedException {
        return object(HttpRequest.newBuilder(url.resolve(path)).timeout(moment));
    }

    /// Sends an object of JSON to a path of its own.
    ///
    /// @return what the node answered
    /// @throws SqlRefusedException with the node's words
    /// @throws IOException when the node cannot be reached, or answers something else
    public JsonNode post(String path, String object)
            throws IOException, InterruptedException, SqlRefusedException {
        return object(
                HttpRequest.newBuilder(url.resolve(path))
                        .timeout(moment)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(object)));
    }

    private JsonNode object(HttpRequest.Builder request)
            throws IOException, InterruptedException, SqlRefusedException {
        HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode answer = json(response.statusCode(), response.body());
        if (response.statusCode() / 100 != 2) {
            throw refused(answer);
        }
        return answer;
    }

    /// Runs one statement and passes its answer on as it comes, in the node's CSV.
    ///
    /// @throws SqlRefusedException with the node's words, before anything is written
    /// @throws IOException when the node cannot be reached, or its answer breaks off
    public void csv(String database, String sql, OutputStream target)
            throws IOException, InterruptedException, SqlRefusedException {
        HttpResponse<InputStream> response =
                send(database, sql, "csv", LONG_TIMEOUT, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                throw refused(json(response.statusCode(), text));
            }
            body.transferTo(target);
        }
    }

    private <T> HttpResponse<T> send(
            String database,
            String sql,
            String format,
            Duration timeout,
            HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        String form = "db=" + encoded(database) + "&q=" + encoded(sql) + "&format=" + format;
        var request =
                HttpRequest.newBuilder(url)
                        .timeout(timeout)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form));
        return send(request, body);
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder unsigned, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        token.ifPresent(text -> unsigned.header("Authorization", "Token " + text));
        HttpRequest request = unsigned.build();
        try {
            return http.send(request, body);
        } catch (ConnectException e) {
            throw new IOException(
                    "no node answers at "
                            + url.resolve("/")
                            + "; start one with 'tsdb start', or name another with --url",
                    e);
        } catch (SSLException e) {
            throw new IOException(
                    url.resolve("/")
                            + " is not believed to be who it says: "
                            + e.getMessage()
                            + "; --ca FILE names the authority of its certificate",
                    e);
        } catch (HttpTimeoutException e) {
            throw new IOException(
                    url.resolve("/")
                            + " did not answer within "
                            + request.timeout().orElseThrow().toSeconds()
                            + " s",
                    e);
        }
    }

    private JsonNode json(int status, String text) throws IOException {
        try {
            return json.readTree(text);
        } catch (JacksonException e) {
            throw new IOException(url + " answered " + status + ", and no JSON that is known", e);
        }
    }

    private static SqlRefusedException refused(JsonNode answer) {
        JsonNode error = answer.path("error");
        return new SqlRefusedException(error.path("message").asString(error.asString("")));
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
