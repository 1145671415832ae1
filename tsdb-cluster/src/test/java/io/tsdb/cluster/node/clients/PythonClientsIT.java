package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.List;

/// The clients of PyPI, unmodified: `questdb`, `influxdb`, `influxdb-client`, `influxdb3-python`.
class PythonClientsIT {
    private static final String CONFLICT = "is type string, already exists as type float";

    private static ForeignClients clients;
    private static ClientNode node;

    @BeforeAll
    static void installAndStart() throws IOException, InterruptedException {
        clients = ForeignClients.python();
        node = ClientNode.open();
    }

    @AfterAll
    static void stopNode() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void questDbWritesRowsBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("questdb_sender.py", node.url());
        assertThat(said.get("error").asString()).contains(CONFLICT);
        assertThat(node.rows("default", "SELECT time, place, f, i, s, b, seen FROM py_questdb"))
                .containsExactly("5000 a, b 1.5 -7 say \"x\"\nnow true 9000000000");
        assertThat(node.rows("default", "SELECT count(*), sum(i) FROM py_questdb_batch"))
                .containsExactly("1050 550725");
    }

    /// This client spells a newline in a string as a backslash and n, which InfluxDB keeps so, too.
    @Test
    void influxDbWritesGzippedBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("influxdb_v1.py", node.url(), "py1");
        assertThat(said.get("version").asString()).isEqualTo("1.8.10");
        assertThat(said.get("databases").toString()).contains("\"py1\"");
        assertThat(said.get("code").asInt()).isEqualTo(400);
        assertThat(said.get("error").asString()).contains(CONFLICT);
        assertThat(node.rows("py1", "SELECT time, place, f, i, s, b FROM py1"))
                .containsExactly("5000000 a, b=c 1.5 -7 say \"x\"\\nnow true");
        assertThat(node.rows("py1", "SELECT count(*), sum(f), max(time) FROM py1_batch"))
                .containsExactly("2000 249875.0 1999000000000");
    }

    @Test
    void influxDbClientWritesGzippedBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("influxdb_v2.py", node.url(), "py2");
        assertThat(said.get("online").asBoolean()).isTrue();
        assertThat(said.get("health").asString()).isEqualTo("pass");
        assertThat(said.get("code").asInt()).isEqualTo(422);
        assertThat(said.get("error").asString()).contains(CONFLICT);
        assertThat(said.get("failures")).isEmpty();
        assertThat(node.rows("py2", "SELECT time, place, f, i, s, b FROM py2"))
                .containsExactly("5000000 a, b=c 1.5 -7 say \"x\"\nnow true");
        assertThat(node.rows("py2", "SELECT count(*), sum(f), max(time) FROM py2_batch"))
                .containsExactly("2000 249875.0 1999000000000");
    }

    @Test
    void influxDb3WritesGzippedBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("influxdb_v3.py", node.url(), "py3");
        assertThat(said.get("error").asString()).contains(CONFLICT);
        assertThat(said.get("failures")).isEmpty();
        assertThat(node.rows("py3", "SELECT time, place, f, i, s, b FROM py3"))
                .containsExactly("5000000 a, b=c 1.5 -7 say \"x\"\nnow true");
        assertThat(node.rows("py3", "SELECT count(*), sum(f), max(time) FROM py3_batch"))
                .containsExactly("2000 249875.0 1999000000000");
    }

    @Test
    void influxDbDeletes() throws Exception {
        JsonNode said = clients.run("influxdb_v1_delete.py", node.url(), "py1");
        assertThat(said.get("error").asString()).contains("fields not supported");
        assertThat(node.rows("py1", "SELECT host, count(*) FROM kept GROUP BY host ORDER BY host"))
                .containsExactly("a 90", "c 100");
        assertThat(node.rows("py1", "SHOW MEASUREMENTS")).contains("kept").doesNotContain("gone");
    }

    @Test
    void influxDbClientDeletes() throws Exception {
        JsonNode said = clients.run("influxdb_v2_delete.py", node.url(), "py2d");
        assertThat(said.get("code").asInt()).isEqualTo(400);
        assertThat(said.get("error").asString()).contains("OR is not supported yet");
        assertThat(
                        node.rows(
                                "py2d",
                                "SELECT host, count(*), min(v) FROM py2_deleted GROUP BY host ORDER"
                                        + " BY host"))
                .containsExactly("a 85 5.0", "b 95 5.0");
    }

    @Test
    void theirTokensAreTaken() throws Exception {
        try (ClientNode guarded = ClientNode.withAuthentication()) {
            clients.run("questdb_sender.py", guarded.url(), ClientNode.TOKEN);
            clients.run("influxdb_v1.py", guarded.url(), "py1", ClientNode.TOKEN);
            clients.run("influxdb_v2.py", guarded.url(), "py2", ClientNode.TOKEN);
            clients.run("influxdb_v3.py", guarded.url(), "py3", ClientNode.TOKEN);
            clients.run("influxdb_v1_delete.py", guarded.url(), "py1", ClientNode.TOKEN);
            clients.run("influxdb_v2_delete.py", guarded.url(), "py2d", ClientNode.TOKEN);
            String count = "SELECT count(*) FROM ";
            List<String> counts =
                    List.of(
                            guarded.rows("default", count + "py_questdb_batch").getFirst(),
                            guarded.rows("py1", count + "py1_batch").getFirst(),
                            guarded.rows("py2", count + "py2_batch").getFirst(),
                            guarded.rows("py3", count + "py3_batch").getFirst());
            assertThat(counts).containsExactly("1050", "2000", "2000", "2000");
        }
    }
}
