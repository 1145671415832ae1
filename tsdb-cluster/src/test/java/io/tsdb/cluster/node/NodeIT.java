package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// `tsdb start` as a process.
class NodeIT {
    private static final int SIGTERM_STATUS = 128 + 15;
    @TempDir Path directory;

    private static HttpResponse<String> get(String url, String... headers)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)).GET(), headers);
    }

    private static HttpResponse<String> post(String url, String body, String... headers)
            throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)),
                headers);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String... headers)
            throws IOException, InterruptedException {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    private static String count(String url, String... headers)
            throws IOException, InterruptedException {
        return get(url + "/api/v1/sql?db=d&format=csv&q=SELECT+count(*)+FROM+m", headers).body();
    }

    @Test
    void servesWhatItAcknowledgedAlsoAfterATermination() throws Exception {
        Path data = directory.resolve("data");
        try (TsdbProcess first = TsdbProcess.start(data)) {
            String url = first.awaitReady();
            assertThat(get(url + "/ready").statusCode()).isEqualTo(200);
            assertThat(post(url + "/write?db=d", "m,t=a f=1.5 1\nm,t=b f=2.5 2\n").statusCode())
                    .isEqualTo(204);
            assertThat(count(url).lines().toList()).last().isEqualTo("2");
            assertThat(first.terminate()).isEqualTo(SIGTERM_STATUS);
        }
        try (TsdbProcess second = TsdbProcess.start(data)) {
            String url = second.awaitReady();
            assertThat(count(url).lines().toList()).last().isEqualTo("2");
            assertThat(second.terminate()).isEqualTo(SIGTERM_STATUS);
        }
    }

    @Test
    void servesWhatItAcknowledgedAlsoAfterAKill() throws Exception {
        Path data = directory.resolve("data");
        try (TsdbProcess first = TsdbProcess.start(data)) {
            String url = first.awaitReady();
            assertThat(post(url + "/write?db=d", "m,t=a f=1.5 1\n").statusCode()).isEqualTo(204);
            first.kill();
        }
        try (TsdbProcess second = TsdbProcess.start(data)) {
            assertThat(count(second.awaitReady()).lines().toList()).last().isEqualTo("1");
        }
    }

    @Test
    void aDataDirectoryHasOneNode() throws Exception {
        Path data = directory.resolve("data");
        try (TsdbProcess first = TsdbProcess.start(data);
                TsdbProcess second = TsdbProcess.start(data)) {
            // either may be the first to lock it
            boolean firstServes = first.awaitReadyOrEnd();
            boolean secondServes = second.awaitReadyOrEnd();
            assertThat(firstServes).isNotEqualTo(secondServes);
            TsdbProcess refused = firstServes ? second : first;
            assertThat(refused.awaitEnd()).isEqualTo(1);
            assertThat(refused.errors())
                    .contains("tsdb start: data directory " + data.toAbsolutePath())
                    .contains("in use");
        }
    }

    @Test
    void metricsTellWhatHappened() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"))) {
            String url = node.awaitReady();
            post(url + "/write?db=d", "m,t=a f=1.5 1\nm,t=b f=2.5 2\nbroken\n");
            assertThat(get(url + "/metrics").body())
                    .contains("tsdb_points_written_total 2.0")
                    .contains("tsdb_lines_refused_total 1.0")
                    .contains("tsdb_series 2.0")
                    .contains("tsdb_databases 1.0")
                    .contains("tsdb_parts 0.0")
                    .containsPattern("tsdb_log_bytes_total [1-9]")
                    .containsPattern("tsdb_log_syncs_total [1-9]")
                    .contains("tsdb_log_sync_seconds_total")
                    .contains("tsdb_head_bytes")
                    .contains("tsdb_cache_bytes")
                    .contains("jvm_memory_used_bytes")
                    .contains("version=");
            assertThat(get(url + "/").body()).contains("/api/v1/sql");
        }
    }

    @Test
    void aFirstTokenIsPrintedOnceAndWorks() throws Exception {
        Path data = directory.resolve("data");
        String token;
        // nobody hears of a token that a start which fails has made
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TsdbProcess node =
                        TsdbProcess.start(
                                data,
                                "--auth=true",
                                "--line-tcp=127.0.0.1:" + taken.getLocalPort())) {
            assertThat(node.awaitEnd()).isEqualTo(1);
            assertThat(node.errors()).contains("Address already in use");
        }
        try (TsdbProcess node = TsdbProcess.start(data, "--auth=true")) {
            token = node.awaitLine("token ").split(" ")[1];
            String url = node.awaitReady();
            assertThat(post(url + "/write?db=d", "m f=1 1\n").statusCode()).isEqualTo(401);
            assertThat(
                            post(
                                            url + "/write?db=d",
                                            "m f=1 1\n",
                                            "Authorization",
                                            "Token " + token)
                                    .statusCode())
                    .isEqualTo(204);
            node.terminate();
            assertThat(node.errors()).doesNotContain(token);
        }
        try (TsdbProcess again = TsdbProcess.start(data, "--auth=true")) {
            String url = again.awaitReady();
            assertThat(again.output()).doesNotContain("token ");
            assertThat(count(url, "Authorization", "Bearer " + token).lines().toList())
                    .last()
                    .isEqualTo("1");
        }
    }

    @Test
    void followsTokensWhileItRuns() throws Exception {
        Path data = directory.resolve("data");
        try (TsdbProcess node = TsdbProcess.start(data)) {
            String url = node.awaitReady();
            assertThat(post(url + "/write?db=d", "m f=1 1\n").statusCode()).isEqualTo(204);
            String token;
            String[] create = {"token", "create", "--data=" + data, "--scope=read:d"};
            try (TsdbProcess tool = TsdbProcess.run(directory, create)) {
                assertThat(tool.awaitEnd()).isZero();
                token = tool.output();
            }
            // the node looks ten times a second
            int status = 204;
            for (int i = 0; i < 1000 && status == 204; i++) {
                status = post(url + "/write?db=d", "m f=1 1\n").statusCode();
            }
            assertThat(status).isEqualTo(401);
            assertThat(count(url, "Authorization", "Token " + token)).contains("1");
            assertThat(
                            post(
                                            url + "/write?db=d",
                                            "m f=1 1\n",
                                            "Authorization",
                                            "Token " + token)
                                    .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void refusesToBeOpenToEverybody() throws Exception {
        String[] open = {"start", "--data=" + directory.resolve("data"), "--http=0.0.0.0:0"};
        try (TsdbProcess node = TsdbProcess.run(directory, open)) {
            assertThat(node.awaitEnd()).isEqualTo(2);
            assertThat(node.errors().lines().filter(line -> !line.startsWith("WARNING:")))
                    .singleElement()
                    .asString()
                    .startsWith("tsdb start: refusing to listen on 0.0.0.0:0");
        }
    }

    @Test
    void printsItsSettingsWithoutSecrets() throws Exception {
        try (TsdbProcess node =
                TsdbProcess.run(
                        directory,
                        Map.of(
                                "TSDB_ADMIN_TOKEN",
                                "a-secret-in-the-environment",
                                "TSDB_ADMIN_TOCKEN",
                                "a-secret-that-was-misspelt"),
                        "start",
                        "--print-config",
                        "--http=127.0.0.1:1234")) {
            assertThat(node.awaitEnd()).isZero();
            assertThat(node.output())
                    .contains("http = 127.0.0.1:1234")
                    .contains("admin-token = ***")
                    .doesNotContain("a-secret")
                    .doesNotContain("TOCKEN");
            assertThat(node.errors())
                    .contains(
                            "tsdb start: environment variable TSDB_ADMIN_TOCKEN is no setting; did"
                                    + " you mean TSDB_ADMIN_TOKEN?")
                    .doesNotContain("a-secret");
        }
    }

    /// Neither is what was meant: a token. What is misspelt is said before the refusal.
    @Test
    void doesNotStartWithoutTheSecretThatItWasTold() throws Exception {
        Path empty = Files.createFile(directory.resolve("token"));
        String[] start = {"start", "--data=" + directory.resolve("data"), "--http=0.0.0.0:0"};
        Map<String, String> environment = Map.of("TSDB_ADMIN_TOKEN_FILE", empty.toString());
        try (TsdbProcess node = TsdbProcess.run(directory, environment, start)) {
            assertThat(node.awaitEnd()).isEqualTo(2);
            assertThat(node.errors())
                    .contains("tsdb start: TSDB_ADMIN_TOKEN_FILE: " + empty + " is empty");
        }
        environment = Map.of("TSDB_TOKEN_OF_ADMIN", "a-secret");
        try (TsdbProcess node = TsdbProcess.run(directory, environment, start)) {
            assertThat(node.awaitEnd()).isEqualTo(2);
            assertThat(node.errors())
                    .containsSubsequence(
                            "environment variable TSDB_TOKEN_OF_ADMIN is no setting and changes",
                            "tsdb start: refusing to listen on 0.0.0.0:0")
                    .doesNotContain("a-secret");
        }
    }
}
