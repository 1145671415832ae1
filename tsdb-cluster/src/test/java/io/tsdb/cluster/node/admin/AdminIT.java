package io.tsdb.cluster.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The administrative paths of a real node.
class AdminIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path directory;
    private final HttpClient client = HttpClient.newHttpClient();
    private TsdbProcess node;
    private String url;

    @BeforeEach
    void start() throws Exception {
        node = TsdbProcess.start(directory.resolve("data"));
        url = node.awaitReady();
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
    }

    private HttpResponse<String> send(String method, String path, String token, String body)
            throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private int status(String path, String token) throws Exception {
        return send("GET", path, token, "").statusCode();
    }

    /// A node follows its file of tokens within a tenth of a second.
    private void awaitStatus(String path, String token, int wanted) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (status(path, token) != wanted) {
            assertThat(System.nanoTime()).as(path).isLessThan(deadline);
        }
    }

    @Test
    void tokensAreMadeListedAndRevoked() throws Exception {
        // while nobody is told apart everybody may; the first token ends that
        HttpResponse<String> made =
                send("POST", "/api/v1/tokens", "", "{\"name\":\"boss\",\"scopes\":[\"admin\"]}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("cache-control")).contains("no-store");
        String boss = JSON.readTree(made.body()).get("token").asString();
        awaitStatus("/api/v1/tokens", "", 401);
        HttpResponse<String> second =
                send(
                        "POST",
                        "/api/v1/tokens",
                        boss,
                        "{\"name\":\"gateway\",\"scopes\":[\"write:plant\",\"read:plant\"],"
                                + "\"expires\":\"90d\"}");
        JsonNode gateway = JSON.readTree(second.body());
        awaitStatus("/api/v1/sql?db=plant&q=SHOW+QUERIES", gateway.get("token").asString(), 200);
        assertThat(status("/api/v1/tokens", gateway.get("token").asString())).isEqualTo(403);
        JsonNode listed = JSON.readTree(send("GET", "/api/v1/tokens", boss, "").body());
        assertThat(listed.get("tokens")).hasSize(2);
        JsonNode last = listed.get("tokens").get(1);
        assertThat(last.get("name").asString()).isEqualTo("gateway");
        assertThat(last.get("scopes").toString()).isEqualTo("[\"write:plant\",\"read:plant\"]");
        assertThat(last.get("expires").asString()).endsWith("Z");
        String id = gateway.get("id").asString();
        assertThat(send("DELETE", "/api/v1/tokens?id=" + id, boss, "").statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/api/v1/tokens?id=" + id, boss, "").statusCode()).isEqualTo(404);
        awaitStatus("/api/v1/sql?db=plant&q=SHOW+QUERIES", gateway.get("token").asString(), 401);
        assertThat(node.errors())
                .containsPattern("audit what=.create token \\w+. outcome=done who=everybody")
                .contains("audit what=[revoke token " + id + "] outcome=done who=")
                .doesNotContain(boss);
    }

    @Test
    void wrongRequestsAreNamed() throws Exception {
        for (String[] wrong :
                new String[][] {
                    {"nonsense", "no JSON"},
                    {"{}", "\\\"scopes\\\" is needed"},
                    {"{\"scopes\":[\"rule\"]}", "unknown permission"},
                    {"{\"scopes\":[\"read\"],\"expires\":\"soon\"}", "no duration"},
                    {"{\"scopes\":[\"read\"],\"name\":\"a\\tb\"}", "control characters"},
                }) {
            HttpResponse<String> answer = send("POST", "/api/v1/tokens", "", wrong[0]);
            assertThat(answer.statusCode()).as(wrong[0]).isEqualTo(400);
            assertThat(answer.body()).contains(wrong[1]);
        }
        assertThat(send("PUT", "/api/v1/tokens", "", "").statusCode()).isEqualTo(405);
        assertThat(send("POST", "/api/v1/cluster", "", "").statusCode()).isEqualTo(405);
        assertThat(JSON.readTree(send("GET", "/api/v1/tokens", "", "").body()).get("tokens"))
                .isEmpty();
    }

    @Test
    void aLongRequestIsRefused() throws Exception {
        assertThat(send("POST", "/api/v1/tokens", "", "x".repeat(17 << 10)).statusCode())
                .isEqualTo(413);
        assertThat(status("/api/v1/tokens", "")).isEqualTo(200);
    }

    @Test
    void aNodeAloneIsNoCluster() throws Exception {
        assertThat(send("GET", "/api/v1/cluster", "", "").body())
                .isEqualTo("{\"self\":\"\",\"members\":[],\"shards\":[]}\n");
    }
}
