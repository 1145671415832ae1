package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.influxdb.BatchOptions;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.dto.BatchPoints;
import org.influxdb.dto.Point;
import org.influxdb.dto.Pong;
import org.influxdb.dto.Query;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// influxdb-java, the client of InfluxDB 1.x.
class InfluxDbJavaIT {
    private static ClientNode node;
    private InfluxDB client;

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
        client = InfluxDBFactory.connect(node.url(), "anybody", ClientNode.TOKEN);
        client.query(new Query("CREATE DATABASE plant"));
        client.setDatabase("plant");
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void pingsAndReadsTheVersion() {
        Pong pong = client.ping();
        assertThat(pong.isGood()).isTrue();
        assertThat(client.version()).startsWith("1.8");
    }

    @Test
    void writesPointsOfEveryType() throws Exception {
        client.write(
                Point.measurement("types")
                        .time(5, TimeUnit.MILLISECONDS)
                        .tag("place", "a, b=c")
                        .addField("f", 1.5)
                        .addField("i", 7L)
                        .addField("s", "say \"x\"\\n")
                        .addField("b", true)
                        .build());
        assertThat(node.rows("plant", "SELECT time, place, f, i, s, b FROM types"))
                .containsExactly("5000000 a, b=c 1.5 7 say \"x\"\\n true");
    }

    @Test
    void writesInBatchesInTheBackground() throws Exception {
        client.enableBatch(BatchOptions.DEFAULTS.actions(100).flushDuration(50));
        for (int i = 0; i < 1050; i++) {
            client.write(
                    Point.measurement("batched")
                            .time(i, TimeUnit.SECONDS)
                            .tag("t", "t" + i % 7)
                            .addField("f", i)
                            .build());
        }
        client.flush();
        client.disableBatch();
        node.awaitRow("plant", "SELECT count(*), sum(f) FROM batched", "1050 550725");
    }

    @Test
    void writesGzippedBatchPoints() throws Exception {
        client.enableGzip();
        var points = BatchPoints.database("plant").precision(TimeUnit.SECONDS);
        for (int i = 0; i < 500; i++) {
            points.point(
                    Point.measurement("zipped")
                            .time(i, TimeUnit.SECONDS)
                            .addField("f", i / 4.0)
                            .build());
        }
        client.write(points.build());
        assertThat(node.rows("plant", "SELECT count(*), sum(f), max(time) FROM zipped"))
                .containsExactly("500 31187.5 499000000000");
    }

    @Test
    void readsErrorsAsTheOnesItKnows() throws Exception {
        client.write("errors f=1.5 1");
        assertThatThrownBy(() -> client.write("errors f=true 2\nerrors f=2.5 3"))
                .isInstanceOf(InfluxDBException.FieldTypeConflictException.class)
                .hasMessageContaining("is type boolean, already exists as type float");
        assertThatThrownBy(() -> client.write("nonsense"))
                .isInstanceOf(InfluxDBException.UnableToParseException.class);
        assertThat(node.rows("plant", "SELECT time, f FROM errors"))
                .containsExactly("1 1.5", "3 2.5");
    }

    @Test
    void isRefusedWithoutTheToken() {
        try (InfluxDB stranger = InfluxDBFactory.connect(node.url(), "anybody", "wrong")) {
            stranger.setDatabase("plant");
            assertThatThrownBy(() -> stranger.write("m f=1 1"))
                    .isInstanceOf(InfluxDBException.class);
        }
    }
}
