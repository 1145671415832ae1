package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// What the catalog of a cluster keeps for every node: tokens and settings.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterSharedIT {
    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder with(String token, HttpRequest.Builder request) {
        return token.isEmpty() ? request : request.header("Authorization", "Token " + token);
    }

    private int status(URI node, String token) throws Exception {
        return send(with(
                        token,
                        HttpRequest.newBuilder(node.resolve("/api/v1/sql?q=SHOW+DATABASES"))))
                .statusCode();
    }

    /// Within a moment: the test's time limit says how long that may be.
    private void awaitStatus(URI node, String token, int wanted) throws Exception {
        int status = status(node, token);
        while (status != wanted) {
            status = status(node, token);
        }
    }

    private JsonNode createToken(URI node, String by, String scope) throws Exception {
        HttpResponse<String> made =
                send(
                        with(
                                by,
                                HttpRequest.newBuilder(node.resolve("/api/v1/tokens"))
                                        .header("Content-Type", "application/json")
                                        .POST(
                                                HttpRequest.BodyPublishers.ofString(
                                                        "{\"name\":\"t\",\"scopes\":[\"%s\"]}"
                                                                .formatted(scope)))));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return JsonMapper.shared().readTree(made.body());
    }

    /// A token that is made at one node opens every node, and one that is revoked opens none, also
    /// not after a start; the command line works on any node's directory.
    @Test
    void everyNodeKnowsTheSameTokens() throws Exception {
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            String admin = createToken(cluster.url(0), "", "admin").path("token").asString();
            JsonNode other = createToken(cluster.url(0), admin, "read");
            String reader = other.path("token").asString();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                awaitStatus(cluster.url(node), "", 401);
                awaitStatus(cluster.url(node), admin, 200);
                awaitStatus(cluster.url(node), reader, 200);
            }
            cluster.process(2).kill(); // it misses what follows
            HttpResponse<String> revoked =
                    send(
                            with(
                                    admin,
                                    HttpRequest.newBuilder(
                                                    cluster.url(1)
                                                            .resolve(
                                                                    "/api/v1/tokens?id="
                                                                            + other.path("id")
                                                                                    .asString()))
                                            .DELETE()));
            assertThat(revoked.statusCode()).as(revoked.body()).isEqualTo(200);
            assertThat(status(cluster.url(1), reader)).isEqualTo(401);
            awaitStatus(cluster.url(0), reader, 401);
            cluster.launch(2);
            cluster.awaitReady(2);
            assertThat(status(cluster.url(2), reader)).as("at a start").isEqualTo(401);
            assertThat(status(cluster.url(2), admin)).isEqualTo(200);
            try (TsdbProcess command =
                    TsdbProcess.run(
                            temporary,
                            "token",
                            "create",
                            "--data=" + cluster.data(2),
                            "--scope=read")) {
                assertThat(command.awaitEnd()).as(command.errors()).isZero();
                String made = command.output().strip();
                for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                    awaitStatus(cluster.url(node), made, 200);
                }
            }
        }
    }

    @Test
    void aSettingCountsForEveryNode() throws Exception {
        try (var cluster = new ClusterProcesses(temporary)) {
            cluster.launchAll();
            HttpResponse<String> written =
                    send(
                            HttpRequest.newBuilder(cluster.url(1).resolve("/write?db=c"))
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "m v=1i 1\nm v=2i 2")));
            assertThat(written.statusCode()).as(written.body()).isEqualTo(204);
            set(cluster.url(0), "query-rows-max=1");
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                awaitRows(cluster.url(node), 422);
            }
            cluster.process(2).kill();
            cluster.launch(2);
            cluster.awaitReady(2);
            awaitRows(cluster.url(2), 422);
            set(cluster.url(1), "query-rows-max=");
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                awaitRows(cluster.url(node), 200);
            }
            try (TsdbProcess wrong =
                    TsdbProcess.run(
                            temporary, "cluster", "set", "shards=7", "--url=" + cluster.url(0))) {
                assertThat(wrong.awaitEnd()).isEqualTo(1);
                assertThat(wrong.errors())
                        .contains("'shards' cannot be set for a cluster that runs");
            }
        }
    }

    private void set(URI node, String setting) throws Exception {
        try (TsdbProcess command =
                TsdbProcess.run(temporary, "cluster", "set", setting, "--url=" + node)) {
            assertThat(command.awaitEnd()).as(command.errors()).isZero();
        }
    }

    /// A statement of two rows.
    private void awaitRows(URI node, int wanted) throws Exception {
        int status = 0;
        while (status != wanted) {
            status =
                    send(HttpRequest.newBuilder(node.resolve("/api/v1/sql?db=c&q=SELECT+v+FROM+m")))
                            .statusCode();
        }
    }
}
