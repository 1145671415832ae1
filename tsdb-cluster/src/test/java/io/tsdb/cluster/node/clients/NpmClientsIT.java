package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.List;

/// The clients of npm, unmodified: `@questdb/nodejs-client`, `influx`,
/// `@influxdata/influxdb-client`.
class NpmClientsIT {
    private static ForeignClients clients;
    private static ClientNode node;

    @BeforeAll
    static void installAndStart() throws IOException, InterruptedException {
        clients = ForeignClients.npm();
        node = ClientNode.open();
    }

    @AfterAll
    static void stopNode() {
        if (node != null) {
            node.close();
        }
    }

    /// It names no database and no program: its rows are in the default database.
    @Test
    void questDbWritesRowsBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("questdb.mjs", node.url());
        assertThat(said.get("error").asString())
                .contains("is type string, already exists as type float");
        assertThat(node.rows("default", "SELECT time, place, f, i, s, b, seen FROM node_questdb"))
                .containsExactly("5000 a, b 1.5 -7 say \"x\"\nnow true 9000000000");
        assertThat(node.rows("default", "SELECT count(*), sum(i) FROM node_questdb_batch"))
                .containsExactly("1050 550725");
    }

    @Test
    void influxCreatesItsDatabaseWritesBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("influx.mjs", node.url(), "js1");
        assertThat(said.get("online").asBoolean()).isTrue();
        assertThat(said.get("version").asString()).isEqualTo("1.8.10");
        assertThat(said.get("databases").toString()).contains("\"js1\"");
        assertThat(said.get("error").asString())
                .contains("400")
                .contains("is type string, already exists as type float");
        assertThat(node.rows("js1", "SELECT time, place, f, i, s, b FROM \"schema\""))
                .containsExactly("5000000 a, b=c 1.5 -7 say \"x\"\nnow true");
        assertThat(node.rows("js1", "SELECT count(*), sum(f), max(time) FROM batch"))
                .containsExactly("1000 62437.5 999000000000");
    }

    @Test
    void influxDbClientWritesGzippedBatchesAndIsToldOfErrors() throws Exception {
        JsonNode said = clients.run("influxdb_client.mjs", node.url(), "js2");
        assertThat(said.get("statusCode").asInt()).isEqualTo(422);
        assertThat(said.get("error").asString())
                .contains("is type string, already exists as type float");
        assertThat(node.rows("js2", "SELECT time, place, f, i, s, b FROM js2"))
                .containsExactly("5000000 a, b=c 1.5 -7 say \"x\"\nnow true");
        assertThat(node.rows("js2", "SELECT count(*), sum(f), max(time) FROM js2_batch"))
                .containsExactly("2000 249875.0 1999000000000");
    }

    @Test
    void theirTokensAreTaken() throws Exception {
        try (ClientNode guarded = ClientNode.withAuthentication()) {
            clients.run("questdb.mjs", guarded.url(), ClientNode.TOKEN);
            clients.run("influx.mjs", guarded.url(), "js1", ClientNode.TOKEN);
            clients.run("influxdb_client.mjs", guarded.url(), "js2", ClientNode.TOKEN);
            String count = "SELECT count(*) FROM ";
            List<String> counts =
                    List.of(
                            guarded.rows("default", count + "node_questdb_batch").getFirst(),
                            guarded.rows("js1", count + "batch").getFirst(),
                            guarded.rows("js2", count + "js2_batch").getFirst());
            assertThat(counts).containsExactly("1050", "1000", "2000");
        }
    }
}
