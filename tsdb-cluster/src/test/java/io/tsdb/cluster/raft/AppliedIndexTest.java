package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

@Timeout(60)
class AppliedIndexTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(1);

    @Test
    void isDoneOnceTheEntryIsApplied() {
        var index = new AppliedIndex();
        CompletableFuture<Void> third = index.reaches(3, LONG);
        CompletableFuture<Void> first = index.reaches(1, LONG);
        index.reached(0);
        assertThat(first).isNotDone();
        index.reached(2);
        assertThat(first).isCompleted();
        assertThat(third).isNotDone();
        index.reached(3);
        assertThat(third).isCompleted();
        assertThat(index.reaches(2, LONG)).isCompleted();
        assertThat(index.waiting()).isZero();
    }

    /// A replica that stands still keeps nothing of those who have given up.
    @Test
    void forgetsWhoHasWaitedForLongEnough() {
        var index = new AppliedIndex();
        assertThatThrownBy(() -> index.reaches(1, 1_000).join())
                .hasCauseInstanceOf(TimeoutException.class);
        while (index.waiting() > 0) {
            Thread.onSpinWait();
        }
        CompletableFuture<Void> left = index.reaches(1, LONG);
        index.ended("its disk is gone");
        assertThatThrownBy(left::join).hasMessageContaining("its disk is gone");
        assertThat(index.waiting()).isZero();
    }

    /// Nobody is forgotten between a look at the index and the wait for it.
    @Test
    void missesNobody() throws Exception {
        var index = new AppliedIndex();
        int last = 200_000;
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> waiters = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                var random = new Random(thread);
                waiters.add(
                        threads.submit(
                                () -> {
                                    for (long at = 0; at <= last; at += random.nextInt(5)) {
                                        index.reaches(at, LONG).join();
                                    }
                                }));
            }
            for (int entry = 0; entry <= last; entry++) {
                index.reached(entry);
            }
            for (Future<?> waiter : waiters) {
                waiter.get();
            }
        }
        assertThat(index.waiting()).isZero();
    }
}
