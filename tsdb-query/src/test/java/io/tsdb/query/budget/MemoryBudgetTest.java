package io.tsdb.query.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

class MemoryBudgetTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final MemoryBudget.Patience NEVER_STOPPED = () -> {};

    private static QueryMemory admit(MemoryBudget budget, long bytes) {
        return budget.admit(bytes, 0, Long.MAX_VALUE, NEVER_STOPPED);
    }

    private static QueryErrorCode code(@Nullable Throwable thrown) {
        if (thrown instanceof QueryException e) {
            return e.code();
        }
        throw new AssertionError("no error of a query: " + thrown, thrown);
    }

    private static CompletableFuture<Void> inBackground(Runnable work) {
        var done = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                work.run();
                                done.complete(null);
                            } catch (RuntimeException e) {
                                done.completeExceptionally(e);
                            }
                        });
        return done;
    }

    /// Until the thread waits for memory, which the budget counts.
    private static void awaitWaits(MemoryBudget budget, long count) {
        while (budget.waitCount() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void givesEverythingBackWhenAQueryEnds() {
        var budget = new MemoryBudget(1 << 20, Duration.ZERO);
        try (QueryMemory query = admit(budget, 1_000)) {
            MemoryAccount account = query.account();
            account.reserve(100_000);
            account.release(50_000);
            assertThat(account.usedBytes()).isEqualTo(50_000);
            assertThat(budget.reservedBytes()).isEqualTo(query.heldBytes()).isGreaterThan(51_000);
            assertThat(budget.queryCount()).isOne();
        }
        assertThat(budget.reservedBytes()).isZero();
        assertThat(budget.queryCount()).isZero();
        assertThat(budget.reservedBytesMax()).isGreaterThan(101_000).isLessThan(1 << 20);
    }

    @Test
    void refusesOneThatIsTooLargeForItself() {
        var budget = new MemoryBudget(1 << 20, LONG);
        try (QueryMemory query = budget.admit(0, 0, 100_000, NEVER_STOPPED)) {
            MemoryAccount account = query.account();
            account.reserve(50_000);
            assertThat(code(catchThrowable(() -> account.reserve(60_000))))
                    .isEqualTo(QueryErrorCode.LIMIT_EXCEEDED);
            assertThat(account.usedBytes()).isEqualTo(50_000);
        }
        assertThat(code(catchThrowable(() -> admit(budget, 2 << 20))))
                .isEqualTo(QueryErrorCode.LIMIT_EXCEEDED);
        assertThat(budget.tooLargeCount()).isEqualTo(2);
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void tellsOneThatWaitedTooLongToComeAgain() {
        var budget = new MemoryBudget(100_000, Duration.ZERO);
        try (QueryMemory first = admit(budget, 90_000)) {
            // an eighth must be free to start
            assertThat(code(catchThrowable(() -> admit(budget, 0))))
                    .isEqualTo(QueryErrorCode.MEMORY_BUSY);
            assertThat(first.heldBytes()).isEqualTo(90_000);
        }
        assertThat(budget.busyCount()).isOne();
        admit(budget, 0).close();
    }

    @Test
    void letsAWaitingOneInWhenAnotherEnds() throws Exception {
        var budget = new MemoryBudget(100_000, LONG);
        QueryMemory first = admit(budget, 90_000);
        CompletableFuture<Void> second = inBackground(() -> admit(budget, 50_000).close());
        awaitWaits(budget, 1);
        assertThat(second).isNotDone();
        first.close();
        second.get();
        assertThat(budget.reservedBytes()).isZero();
    }

    /// Of three that all want more than is free, the newest give up one by one, and the first ends.
    @Test
    void theFirstAlwaysEnds() throws Exception {
        var budget = new MemoryBudget(300_000, LONG);
        var all = new CountDownLatch(3);
        QueryMemory first = admit(budget, 90_000);
        QueryMemory second = admit(budget, 90_000);
        QueryMemory third = admit(budget, 60_000);
        CompletableFuture<Void> one = inBackground(() -> grow(first, 150_000, all));
        CompletableFuture<Void> two = inBackground(() -> grow(second, 150_000, all));
        CompletableFuture<Void> three = inBackground(() -> grow(third, 150_000, all));
        one.get();
        assertThat(code(failure(three))).isEqualTo(QueryErrorCode.MEMORY_BUSY);
        // what the first one left is enough for the second, unless it had to give up before
        Throwable ofSecond = failure(two);
        if (ofSecond != null) {
            assertThat(code(ofSecond)).isEqualTo(QueryErrorCode.MEMORY_BUSY);
        }
        assertThat(budget.reservedBytes()).isZero();
    }

    private static void grow(QueryMemory query, long bytes, CountDownLatch all) {
        try (query) {
            all.countDown();
            all.await();
            query.account().reserve(bytes);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Throwable failure(CompletableFuture<Void> work)
            throws InterruptedException {
        try {
            work.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void aWaitingOneCanBeCancelled() throws Exception {
        var budget = new MemoryBudget(100_000, LONG);
        var cancelled = new AtomicBoolean();
        try (QueryMemory first = admit(budget, 90_000)) {
            CompletableFuture<Void> second =
                    inBackground(
                            () ->
                                    budget.admit(
                                            0,
                                            0,
                                            Long.MAX_VALUE,
                                            () -> {
                                                if (cancelled.get()) {
                                                    throw new QueryException(
                                                            QueryErrorCode.CANCELLED,
                                                            Position.NONE,
                                                            "cancelled");
                                                }
                                            }));
            awaitWaits(budget, 1);
            cancelled.set(true);
            assertThat(code(failure(second))).isEqualTo(QueryErrorCode.CANCELLED);
            assertThat(budget.queryCount()).isOne();
            assertThat(first.heldBytes()).isEqualTo(90_000);
        }
    }

    /// An operator that goes on after its query has ended must not take from others.
    @Test
    void aQueryThatHasEndedTakesNothing() {
        var budget = new MemoryBudget(1 << 20, LONG);
        QueryMemory query = admit(budget, 0);
        MemoryAccount account = query.account();
        account.reserve(1_000_00);
        query.close();
        account.releaseAll();
        assertThat(code(catchThrowable(() -> account.reserve(1_000_000))))
                .isEqualTo(QueryErrorCode.CANCELLED);
        assertThat(budget.reservedBytes()).isZero();
    }

    /// An operator makes one helper after the other: what each held goes with all that it made.
    @Test
    void givesBackWhatThePartsOfAnAccountHold() {
        var budget = new MemoryBudget(100 << 20, Duration.ZERO);
        try (QueryMemory query = budget.admit(0, 0, 100 << 20, () -> {})) {
            MemoryAccount account = query.account();
            for (int i = 0; i < 1_000; i++) {
                account.part().part().reserve(1 << 20);
                account.releaseAll();
            }
            assertThat(budget.reservedBytes()).isLessThan(1 << 20);
        }
    }
}
