package io.tsdb.cluster.node.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// What a node writes to its log, as people and programs read it.
class LogsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path directory;
    private int runs;

    private static int sql(HttpClient client, String url, String statement) throws Exception {
        var request =
                HttpRequest.newBuilder(
                        URI.create(
                                url
                                        + "/api/v1/sql?db=plant&q="
                                        + URLEncoder.encode(statement, StandardCharsets.UTF_8)));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /// One of each sort.
    private static void work(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(sql(client, url, "CREATE DATABASE plant")).isEqualTo(200);
            for (int i = 0; i < 20; i++) {
                // more of a kind than the log takes in a second
                assertThat(sql(client, url, "CREATE DATABASE plant_" + i)).isEqualTo(200);
            }
            assertThat(sql(client, url, "DROP DATABASE \"plant_3\"")).isEqualTo(200);
            assertThat(sql(client, url, "DROP DATABASE nowhere")).isEqualTo(404);
            assertThat(sql(client, url, "SELECT 1 WHERE 'secret' = 'other'")).isEqualTo(200);
        }
    }

    private String log(String... settings) throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data-" + ++runs), settings)) {
            String url = node.awaitReady();
            work(url);
            node.terminate();
            return node.errors();
        }
    }

    @Test
    void aLogOfJsonIsAnObjectALine() throws Exception {
        List<JsonNode> lines =
                log("--log-format=json", "--slow-query=1ms").lines().map(JSON::readTree).toList();
        assertThat(lines).allSatisfy(line -> assertThat(line.has("message")).isTrue());
        List<JsonNode> audit =
                lines.stream()
                        .filter(line -> line.get("logger").asString().equals("audit"))
                        .toList();
        assertThat(audit).as("none is left out").hasSize(23);
        JsonNode dropped = audit.get(21);
        assertThat(dropped.get("what").asString()).isEqualTo("DROP DATABASE \"plant_3\"");
        assertThat(dropped.get("outcome").asString()).isEqualTo("done");
        assertThat(dropped.get("who").asString()).isEqualTo("everybody");
        assertThat(dropped.get("from").asString()).isEqualTo("127.0.0.1");
        assertThat(dropped.get("time").asString()).endsWith("Z");
        assertThat(audit.get(22).get("outcome").asString()).isEqualTo("unknown_database");
    }

    @Test
    void aLogOfTextNamesSlowStatementsWithoutTheirValues() throws Exception {
        String log = log("--slow-query=1ms", "--log-format=text");
        assertThat(log)
                .contains(
                        "audit what=[DROP DATABASE \"plant_3\"] outcome=done who=everybody"
                                + " from=127.0.0.1")
                // each of them takes a sync
                .containsPattern("WARN .* slow statement: ms=\\d+ rows=1 database=plant who=")
                .doesNotContain("secret");
        assertThat(log("--slow-query=off")).doesNotContain("slow statement");
    }

    private String command(String... words) throws Exception {
        try (TsdbProcess process = TsdbProcess.run(directory, words)) {
            assertThat(process.awaitEnd()).as(process.errors()).isZero();
            return process.output();
        }
    }

    /// Of the node that runs, or of the next one that does; each once.
    @Test
    void theAuditHasWhatCommandsDidToTheFiles() throws Exception {
        Path data = directory.resolve("data");
        Path backup = directory.resolve("backup");
        String user = " outcome=done who=" + new LogField("", System.getProperty("user.name"));
        user = user.replace("who==", "who=") + " from=[command line]";
        String id;
        try (TsdbProcess node = TsdbProcess.start(data, "--auth=false")) {
            String url = node.awaitReady();
            command("token", "create", "--data=" + data, "--scope=read:plant", "--name=a");
            node.awaitError(" audit what=[create token ");
            assertThat(node.errors()).contains(user + " scopes=[read:plant] at=20");
            String line =
                    node.errors()
                            .lines()
                            .filter(l -> l.contains("create token"))
                            .findFirst()
                            .orElseThrow();
            id = line.replaceFirst(".*create token ([0-9a-f]+).*", "$1");
            command("backup", "--url=" + url, backup.toString());
            node.terminate();
        }
        command("token", "revoke", "--data=" + data, id);
        try (TsdbProcess node = TsdbProcess.start(data, "--auth=false")) {
            node.awaitReady();
            assertThat(node.errors())
                    .contains("audit what=[revoke token " + id + "]" + user + " at=20")
                    .doesNotContain("create token");
        }
        Path restored = directory.resolve("restored");
        command("restore", backup.toString(), "--data=" + restored);
        command("check", "--repair", restored.toString());
        try (TsdbProcess node = TsdbProcess.start(restored)) {
            node.awaitReady();
            assertThat(node.errors())
                    .contains("audit what=[restore " + backup + "]" + user + " at=20")
                    .contains("audit what=repair" + user + " findings=0 at=20");
        }
        assertThat(restored.resolve(CommandAudit.NAME)).isEmptyFile();
    }
}
