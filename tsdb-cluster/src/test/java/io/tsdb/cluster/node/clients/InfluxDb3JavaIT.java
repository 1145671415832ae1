package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.influxdb.v3.client.InfluxDBApiHttpException;
import com.influxdb.v3.client.InfluxDBClient;
import com.influxdb.v3.client.Point;
import com.influxdb.v3.client.write.WriteOptions;
import com.influxdb.v3.client.write.WritePrecision;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;

/// influxdb3-java, the client of InfluxDB 3; its write path only (it queries by Flight SQL).
class InfluxDb3JavaIT {
    private static ClientNode node;
    private InfluxDBClient client;

    @BeforeAll
    static void startNode() throws IOException, InterruptedException {
        node = ClientNode.withAuthentication();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @BeforeEach
    void connect() {
        client = InfluxDBClient.getInstance(node.url(), ClientNode.TOKEN.toCharArray(), "plant");
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
    }

    @Test
    void readsTheVersion() {
        assertThat(client.getServerVersion()).startsWith("1.8");
    }

    @Test
    void writesThroughTheV2Endpoint() throws Exception {
        client.writeRecord("through2 f=1 1700000000000000001");
        client.writePoint(
                Point.measurement("through2")
                        .setTag("t", "x y")
                        .setField("f", 2.5)
                        .setTimestamp(Instant.ofEpochSecond(1_700_000_000L, 2)));
        assertThat(node.rows("plant", "SELECT time, t, f FROM through2 ORDER BY time"))
                .containsExactly("1700000000000000001 - 1.0", "1700000000000000002 x y 2.5");
    }

    @Test
    void writesThroughTheV3EndpointGzipped() throws Exception {
        var options = new WriteOptions.Builder();
        options.precision(WritePrecision.S).gzipThreshold(1).noSync(true);
        client.writeRecord("through3 f=1 7\nthrough3 f=2 8", options.build());
        assertThat(node.rows("plant", "SELECT time, f FROM through3 ORDER BY time"))
                .containsExactly("7000000000 1.0", "8000000000 2.0");
    }

    @Test
    void namesTheLinesThatWereRefused() throws Exception {
        WriteOptions v3 = new WriteOptions.Builder().noSync(true).build();
        assertThatThrownBy(() -> client.writeRecord("refused f=1 1\nrefused f= 2", v3))
                .isInstanceOf(InfluxDBApiHttpException.class)
                .hasMessageContaining("partial write of line protocol occurred")
                .hasMessageContaining("line 2")
                .hasMessageContaining("refused f= 2");
        assertThat(node.rows("plant", "SELECT time, f FROM refused")).containsExactly("1 1.0");
    }

    @Test
    void isRefusedWithoutTheToken() throws Exception {
        InfluxDBClient stranger =
                InfluxDBClient.getInstance(node.url(), "wrong".toCharArray(), "plant");
        try {
            assertThatThrownBy(() -> stranger.writeRecord("m f=1 1"))
                    .isInstanceOf(InfluxDBApiHttpException.class)
                    .hasMessageContaining("401");
        } finally {
            stranger.close();
        }
    }
}
