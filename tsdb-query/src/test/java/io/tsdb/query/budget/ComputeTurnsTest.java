package io.tsdb.query.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class ComputeTurnsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final MemoryBudget.Patience NEVER_STOPPED = () -> {};

    private final AtomicLong clock = new AtomicLong();
    private final ComputeTurns turns = new ComputeTurns(1, clock::get);

    /// A thread that computes block by block for a query, as it is told.
    private final class Worker implements AutoCloseable {
        private final Semaphore blocks = new Semaphore(0);
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicBoolean ends = new AtomicBoolean();
        private final AtomicBoolean pauses = new AtomicBoolean();
        private final CompletableFuture<Void> end;

        Worker(ComputeTime time, MemoryBudget.Patience patience) {
            this.end =
                    CompletableFuture.runAsync(
                            () -> run(time, patience), Thread::startVirtualThread);
        }

        private void run(ComputeTime time, MemoryBudget.Patience patience) {
            turns.begin(time);
            try {
                while (true) {
                    blocks.acquireUninterruptibly();
                    if (ends.get()) {
                        return;
                    }
                    if (pauses.getAndSet(false)) {
                        turns.pause();
                    } else {
                        turns.goOn(
                                () -> {
                                    if (ends.get()) {
                                        throw new IllegalStateException("given up");
                                    }
                                    patience.check();
                                });
                    }
                    done.incrementAndGet();
                }
            } finally {
                turns.end();
            }
        }

        /// Has it go on to the next block.
        Worker block() {
            blocks.release();
            return this;
        }

        void pause() {
            int before = done.get();
            pauses.set(true);
            block().await(before + 1);
        }

        void await(int count) {
            while (done.get() < count) {
                Thread.onSpinWait();
            }
        }

        void finish() {
            ends.set(true);
            block();
            end.handle((_, _) -> null).join();
        }

        @Override
        public void close() {
            finish();
        }
    }

    private Worker heavy() {
        return new Worker(spent(SECOND), NEVER_STOPPED);
    }

    private static ComputeTime spent(long nanos) {
        var time = new ComputeTime();
        time.add(nanos);
        return time;
    }

    private void awaitWaiting(int count) {
        while (turns.waitingCount() != count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aSmallQueryNeedsNoTurn() {
        try (Worker holder = heavy();
                var small = new Worker(new ComputeTime(), NEVER_STOPPED)) {
            holder.block().await(1);
            for (int block = 1; block <= 9; block++) {
                clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
                small.block().await(block);
            }
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(20));
            small.block();
            awaitWaiting(1);
            assertThat(small.done).hasValue(9);
        }
    }

    /// Of one query both threads count.
    @Test
    void threadsOfAQuerySpendTogether() {
        var time = new ComputeTime();
        try (var first = new Worker(time, NEVER_STOPPED);
                var second = new Worker(time, NEVER_STOPPED)) {
            first.block().await(1);
            second.block().await(1);
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
            first.block().await(2);
            second.block().await(2); // 120 ms of both
            first.block();
            awaitWaiting(1);
        }
    }

    /// So that few of them hold what they have grouped.
    @Test
    void queriesOfAClassComeOneAfterTheOther() {
        try (Worker first = heavy();
                Worker second = heavy();
                Worker third = heavy()) {
            first.block().await(1);
            second.block();
            awaitWaiting(1);
            third.block();
            awaitWaiting(2);
            for (int block = 2; block <= 6; block++) {
                clock.addAndGet(SECOND);
                first.block().await(block); // 6 s now
            }
            assertThat(List.of(second.done.get(), third.done.get())).containsExactly(0, 0);
            first.finish();
            second.await(1);
            assertThat(third.done).hasValue(0);
            second.finish();
            third.await(1);
        }
    }

    /// One that takes far longer than others lets all of them pass.
    @Test
    void whoIsOfTheNextClassComesBehind() {
        try (var first = new Worker(spent(7 * SECOND), NEVER_STOPPED);
                Worker second = heavy();
                Worker third = heavy()) {
            first.block().await(1);
            second.block();
            awaitWaiting(1);
            third.block();
            awaitWaiting(2);
            clock.addAndGet(SECOND);
            first.block();
            second.await(1);
            awaitWaiting(2);
            second.finish();
            third.await(1);
            third.finish();
            first.await(2);
        }
    }

    @Test
    void threadsOfAQueryHandOnTheirTurn() {
        ComputeTime time = spent(SECOND);
        try (var first = new Worker(time, NEVER_STOPPED);
                var second = new Worker(time, NEVER_STOPPED)) {
            first.block().await(1);
            second.block();
            awaitWaiting(1);
            first.block().await(2);
            assertThat(second.done).hasValue(0);
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
            first.block();
            second.await(1);
            awaitWaiting(1);
        }
    }

    /// One that needs a turn for each of its batches has it at once, before later ones.
    @Test
    void whoComesFirstComesInBetween() {
        try (Worker streaming = heavy();
                Worker later = heavy()) {
            streaming.block().await(1);
            streaming.pause();
            later.block().await(1);
            for (int batch = 1; batch <= 5; batch++) {
                streaming.block();
                awaitWaiting(1);
                later.block();
                streaming.await(2 * batch + 1);
                awaitWaiting(1);
                streaming.pause();
                later.await(batch + 1);
            }
        }
    }

    /// The same for one of a lower class, however late it came.
    @Test
    void whoHasComputedMuchLessComesInBetween() {
        try (var first = new Worker(spent(10 * SECOND), NEVER_STOPPED);
                Worker streaming = heavy()) {
            first.block().await(1);
            for (int batch = 1; batch <= 5; batch++) {
                streaming.block();
                awaitWaiting(1);
                first.block();
                streaming.await(2 * batch - 1);
                streaming.pause();
                first.await(batch + 1);
            }
        }
    }

    /// As long as nobody waits the clock is nothing to anybody.
    @Test
    void whoIsAloneKeepsItsTurn() {
        try (Worker first = heavy()) {
            for (int block = 1; block <= 5; block++) {
                clock.addAndGet(SECOND);
                first.block().await(block);
            }
        }
    }

    @Test
    void whoWaitsForSomethingElseHasNoTurn() {
        try (Worker first = heavy();
                Worker second = heavy()) {
            first.block().await(1);
            second.block();
            awaitWaiting(1);
            first.pause();
            second.await(1);
            first.block();
            awaitWaiting(1);
        }
    }

    /// A query that is cancelled, or whose time is up, leaves the others' order as it is.
    @Test
    void whoIsCancelledWaitsNoMore() {
        var cancelled = new AtomicBoolean();
        try (Worker first = heavy();
                var second =
                        new Worker(
                                spent(SECOND),
                                () -> {
                                    if (cancelled.get()) {
                                        throw new IllegalStateException("cancelled");
                                    }
                                });
                Worker third = heavy()) {
            first.block().await(1);
            second.block();
            awaitWaiting(1);
            third.block();
            awaitWaiting(2);
            cancelled.set(true);
            assertThatThrownBy(second.end::join)
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("cancelled");
            awaitWaiting(1);
            first.finish();
            third.await(1);
        }
    }

    /// Who waits to grow has no turn: the one whose memory it waits for may need that to end.
    @Test
    void whoWaitsForMemoryLetsOthersCompute() {
        var budget = new MemoryBudget(10 << 20, Duration.ofMinutes(2), turns);
        var second = budget.admit(0, 0, Long.MAX_VALUE, NEVER_STOPPED);
        second.account().reserve(6 << 20);
        var first = budget.admit(0, 0, Long.MAX_VALUE, NEVER_STOPPED);
        var grown =
                CompletableFuture.runAsync(
                        () -> {
                            turns.begin(spent(SECOND));
                            turns.goOn(NEVER_STOPPED);
                            first.account().reserve(6 << 20);
                            turns.goOn(NEVER_STOPPED);
                            turns.end();
                        },
                        Thread::startVirtualThread);
        while (budget.waitCount() < 1) {
            Thread.onSpinWait();
        }
        try (Worker other = heavy()) {
            other.block().await(1);
            second.close();
            awaitWaiting(1);
        }
        grown.join();
        first.close();
        assertThat(budget.reservedBytes()).isZero();
    }

    /// Never more than there may be at a time, and everybody comes to his end.
    @Test
    void noMoreThanSoManyComputeAtATime() {
        var many = new ComputeTurns(3, System::nanoTime);
        var computing = new AtomicInteger();
        var most = new AtomicInteger();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < 12; thread++) {
            var random = new Random(thread);
            all.add(
                    CompletableFuture.runAsync(
                            () -> {
                                for (int work = 0; work < 200; work++) {
                                    many.begin(spent(SECOND));
                                    many.goOn(NEVER_STOPPED);
                                    most.accumulateAndGet(computing.incrementAndGet(), Math::max);
                                    for (int block = random.nextInt(5); block > 0; block--) {
                                        Thread.yield();
                                    }
                                    computing.decrementAndGet();
                                    many.end();
                                }
                            },
                            Thread::startVirtualThread));
        }
        all.forEach(CompletableFuture::join);
        assertThat(most.get()).isBetween(1, 3);
        assertThat(many.waitingCount()).isZero();
    }
}
