package io.tsdb.loadgen.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.Protocol;
import io.tsdb.loadgen.workload.LineBuffer;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

class LoadRunTest {
    private static final int BATCHES = 120;
    private static final Duration GAP = Duration.ofMillis(20);

    private final byte[] line = "m v=1 1\n".getBytes(StandardCharsets.UTF_8);

    @Test
    void tellsTheLatenciesOfTheWarmUpApart() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/write",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        try {
            LoadReport report = run(server.getAddress().getPort(), Duration.ofSeconds(1));

            assertThat(report.batches()).isEqualTo(BATCHES);
            assertThat(report.warmUp().count()).isBetween(1L, BATCHES - 1L);
            assertThat(report.latency().count()).isEqualTo(BATCHES - report.warmUp().count());
            assertThat(report.service().count()).isEqualTo(report.latency().count());

            LoadReport all = run(server.getAddress().getPort(), Duration.ZERO);

            assertThat(all.warmUp().count()).isZero();
            assertThat(all.latency().count()).isEqualTo(BATCHES);
        } finally {
            server.stop(0);
        }
    }

    private LoadReport run(int port, Duration warmUp) throws Exception {
        LoadConfig config =
                new LoadConfig(
                        new Endpoint("127.0.0.1", port),
                        Protocol.V1,
                        "/write?db=d",
                        "",
                        false,
                        1,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ZERO,
                        warmUp);
        return new LoadRun("one", config, List.of(new Steady()), Acknowledgements.NONE, 0)
                .run(_ -> {});
    }

    /// A batch of one line each 20 ms.
    private final class Steady implements BatchSource {
        private int made;

        @Override
        public boolean hasNext() {
            return made < BATCHES;
        }

        @Override
        public long dueNanos() {
            return made * GAP.toNanos();
        }

        @Override
        public long next(LineBuffer target) {
            target.appendLine(line, 0, line.length, 1);
            return made++;
        }
    }
}
