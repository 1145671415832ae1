package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What a store does again and again outlives its own failures.
class GoingOnTest {
    @Test
    void runsAgainAfterAnException() throws Exception {
        var runs = new CountDownLatch(3);
        try (var executor = Executors.newSingleThreadScheduledExecutor()) {
            executor.scheduleWithFixedDelay(
                    StoreThreads.goingOn(
                            () -> {
                                runs.countDown();
                                throw new IllegalStateException("always");
                            }),
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
            executor.shutdownNow();
        }
    }
}
