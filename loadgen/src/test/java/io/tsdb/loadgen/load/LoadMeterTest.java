package io.tsdb.loadgen.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;

class LoadMeterTest {
    private static final int LANES = 2;
    private static final int BATCHES = 200_000;

    /// Failed when the two were taken one after the other: a batch acknowledged between them was in
    /// the second alone.
    @Test
    void takesTheLatencyAndTheServiceTimeOfABatchTogether() throws InterruptedException {
        LoadMeter meter = new LoadMeter();
        CountDownLatch running = new CountDownLatch(LANES);
        for (int lane = 0; lane < LANES; lane++) {
            Thread.ofPlatform()
                    .start(
                            () -> {
                                for (int i = 0; i < BATCHES; i++) {
                                    meter.acknowledged(1, 1, 8, 3_000, 2_000);
                                }
                                running.countDown();
                            });
        }
        long taken = 0;
        boolean ended = false;
        while (!ended) {
            ended = running.getCount() == 0;
            LoadMeter.Latest latest = meter.take();
            assertThat(latest.service().getTotalCount())
                    .isEqualTo(latest.latency().getTotalCount());
            taken += latest.latency().getTotalCount();
        }

        assertThat(taken).isEqualTo((long) LANES * BATCHES);
        assertThat(meter.batches()).isEqualTo(LANES * BATCHES);
    }
}
