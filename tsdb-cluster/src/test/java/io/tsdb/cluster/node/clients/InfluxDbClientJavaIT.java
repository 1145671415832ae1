package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.WriteApi;
import com.influxdb.client.WriteApiBlocking;
import com.influxdb.client.WriteOptions;
import com.influxdb.client.domain.HealthCheck;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import com.influxdb.client.write.events.WriteSuccessEvent;
import com.influxdb.exceptions.BadRequestException;
import com.influxdb.exceptions.UnauthorizedException;
import com.influxdb.exceptions.UnprocessableEntityException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// influxdb-client-java, the client of InfluxDB 2.x.
class InfluxDbClientJavaIT {
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
        client = connect(node.url(), ClientNode.TOKEN);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private static InfluxDBClient connect(String url, String token) {
        return InfluxDBClientFactory.create(url, token.toCharArray(), "any-org", "plant");
    }

    @Test
    @SuppressWarnings("deprecation") // health() is what deployed programs call
    void findsTheNodeHealthy() {
        assertThat(client.ping()).isTrue();
        assertThat(client.version()).startsWith("1.8");
        assertThat(client.health().getStatus()).isEqualTo(HealthCheck.StatusEnum.PASS);
        assertThat(client.ready())
                .isNotNull()
                .satisfies(ready -> assertThat(ready.getStatus()).hasToString("ready"));
    }

    @Test
    void writesRecordsAndPointsOfEveryPrecision() throws Exception {
        WriteApiBlocking writes = client.getWriteApiBlocking();
        writes.writeRecord(WritePrecision.NS, "precise f=1 1");
        writes.writeRecord(WritePrecision.US, "precise f=2 2");
        writes.writeRecords(WritePrecision.MS, List.of("precise f=3 3", "precise f=4 4"));
        writes.writePoint(
                Point.measurement("precise")
                        .addField("f", 5.5)
                        .time(Instant.ofEpochSecond(5, 5), WritePrecision.NS));
        assertThat(node.rows("plant", "SELECT time, f FROM precise ORDER BY time"))
                .containsExactly(
                        "1 1.0", "2000 2.0", "3000000 3.0", "4000000 4.0", "5000000005 5.5");
    }

    @Test
    void writesGzip() throws Exception {
        client.enableGzip();
        var lines = new ArrayList<String>();
        for (int i = 0; i < 5000; i++) {
            lines.add("zipped,host=h" + i % 10 + " f=" + i + "i " + i);
        }
        client.getWriteApiBlocking().writeRecords(WritePrecision.S, lines);
        assertThat(node.rows("plant", "SELECT count(*), sum(f) FROM zipped"))
                .containsExactly("5000 12497500");
    }

    @Test
    void writesInBatchesInTheBackground() throws Exception {
        try (WriteApi writes = client.makeWriteApi(WriteOptions.builder().batchSize(100).build())) {
            for (int i = 0; i < 1050; i++) {
                writes.writeRecord(
                        WritePrecision.S, "batched,host=h" + i % 7 + " f=" + i + "i " + i);
            }
        }
        assertThat(node.rows("plant", "SELECT count(*), sum(f) FROM batched"))
                .containsExactly("1050 550725");
    }

    /// Each batch by a writer of its own. The client (7.5.0) sends a batch that comes while a
    /// retried one ends on the thread of the retry's timer
    /// (`AbstractWriteClient.ToWritePointsMaybe`), which is interrupted when the retry is over:
    /// OkHttp then fails with "interrupted", and the batch is dropped. No server can help that.
    @Test
    void sendsAgainWhatAnOverloadedNodeRefused() throws Exception {
        var sent = new Semaphore(0);
        try (var gate = new OverloadGate(node.url(), 3, false);
                InfluxDBClient behind = connect("http://" + gate.hostAndPort(), ClientNode.TOKEN)) {
            WriteOptions options = WriteOptions.builder().batchSize(200).retryInterval(100).build();
            for (int batch = 0; batch < 5; batch++) {
                try (WriteApi writes = behind.makeWriteApi(options)) {
                    writes.listenEvents(WriteSuccessEvent.class, _ -> sent.release());
                    for (int i = batch * 200; i < (batch + 1) * 200; i++) {
                        writes.writeRecord(WritePrecision.S, "again,host=h" + i % 7 + " f=1i " + i);
                    }
                    assertThat(sent.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
                }
            }
            assertThat(gate.refused()).isEqualTo(3);
        }
        assertThat(node.rows("plant", "SELECT count(*), sum(f) FROM again"))
                .containsExactly("1000 1000");
    }

    @Test
    void readsErrorsAsTheOnesItKnows() throws Exception {
        WriteApiBlocking writes = client.getWriteApiBlocking();
        writes.writeRecord(WritePrecision.NS, "errors f=1 1");
        assertThatThrownBy(() -> writes.writeRecord(WritePrecision.NS, "errors f=2 2\nerrors f= 3"))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("unable to parse 'errors f= 3'")
                .hasMessageContaining("line 2");
        assertThatThrownBy(
                        () -> writes.writeRecord(WritePrecision.NS, "errors f=4 4\nerrors f=t 5"))
                .isInstanceOf(UnprocessableEntityException.class)
                .hasMessageContaining("field type conflict");
        assertThat(node.rows("plant", "SELECT time, f FROM errors"))
                .containsExactly("1 1.0", "4 4.0");
    }

    @Test
    void isRefusedWithoutTheToken() {
        try (InfluxDBClient stranger = connect(node.url(), "wrong")) {
            assertThatThrownBy(
                            () ->
                                    stranger.getWriteApiBlocking()
                                            .writeRecord(WritePrecision.NS, "m f=1 1"))
                    .isInstanceOf(UnauthorizedException.class);
        }
    }
}
