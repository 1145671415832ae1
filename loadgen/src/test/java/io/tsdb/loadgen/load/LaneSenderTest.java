package io.tsdb.loadgen.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.wire.Endpoint;
import io.tsdb.loadgen.wire.Protocol;
import io.tsdb.loadgen.workload.LineBuffer;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class LaneSenderTest {
    @Test
    void makesABatchBeforeItIsDueAndSendsItNotBefore() throws Exception {
        byte[] line = "m v=1 1\n".getBytes(StandardCharsets.US_ASCII);
        CountDownLatch made = new CountDownLatch(1);
        BatchSource source =
                new BatchSource() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public long dueNanos() {
                        return Duration.ofHours(1).toNanos();
                    }

                    @Override
                    public long next(LineBuffer target) {
                        target.appendLine(line, 0, line.length, 1);
                        made.countDown();
                        return 0;
                    }
                };
        // nothing listens there: a batch sent too early would be an error
        LoadConfig config =
                new LoadConfig(
                        new Endpoint("127.0.0.1", 1),
                        Protocol.V1,
                        "/write?db=d",
                        "",
                        false,
                        1,
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        Duration.ZERO,
                        Duration.ZERO);
        LoadRun run = new LoadRun("one", config, List.of(source), Acknowledgements.NONE, 0);
        Thread stopper =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                assertThat(made.await(1, TimeUnit.MINUTES)).isTrue();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            run.stop("it is made");
                        });

        LoadReport report = run.run(_ -> {});

        stopper.join();
        assertThat(made.getCount()).isZero();
        assertThat(report.errors()).isEmpty();
    }
}
