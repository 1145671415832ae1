package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Queries at node 0, which has shards 0 and 2, and whose barriers are passed when a test says so.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReadAheadTest {
    private static final String COUNT = "SELECT count(*) FROM m";

    private final FragmentCluster cluster = new FragmentCluster();
    private final ReadAhead reads = new ReadAhead(cluster.runner());
    private final Session session = FragmentCluster.session();
    private volatile @Nullable Session tried;
    private final AtomicInteger runs = new AtomicInteger();
    private final CompletableFuture<Long> barrier = new CompletableFuture<>();

    @BeforeEach
    void aStatementBefore() {
        assertThat(rows("SELECT 1")).hasSize(1);
        assertThat(reads.aheadCount()).as("nothing is known of the logs yet").isZero();
        cluster.node(0).barrier = barrier;
        runs.set(0);
    }

    @AfterEach
    void closeCluster() {
        cluster.awaitNoScans();
        cluster.close();
    }

    private List<?> rows(String sql) {
        try (QueryResult result =
                reads.execute(
                        sql,
                        session,
                        one -> {
                            tried = one;
                            runs.incrementAndGet();
                            return cluster.engine().execute(sql, one);
                        })) {
            return ResultRows.of(result);
        }
    }

    private CompletableFuture<List<?>> asked(String sql) {
        return CompletableFuture.supplyAsync(() -> rows(sql));
    }

    private static List<?> count(long rows) {
        return List.of(List.of(rows));
    }

    private void awaitScans() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (cluster.node(0).replica(0).decodedColumns() == 0
                || cluster.node(0).replica(2).decodedColumns() == 0) {
            assertThat(System.nanoTime()).as("it waits").isLessThan(deadline);
            LockSupport.parkNanos(100_000);
        }
    }

    /// It reads at once, and says nothing before the barrier is passed.
    @Test
    void aQueryDoesNotWaitForItsBarriersToRead() {
        CompletableFuture<List<?>> answer = asked("SELECT count(*) FROM m WHERE v >= 0");
        awaitScans();
        assertThat(answer).isNotDone();
        barrier.complete(0L);
        assertThat(answer.join()).isEqualTo(count(cluster.rowCount()));
        assertThat(runs).hasValue(1);
        assertThat(reads.aheadCount()).isEqualTo(1);
        assertThat(reads.againCount()).isZero();
    }

    /// All rows, of which the first batch was pulled before.
    @Test
    void handsOutEveryBatch() {
        barrier.complete(0L);
        String sql = "SELECT shard, v FROM m ORDER BY shard, v";
        assertThat(rows(sql)).isEqualTo(ResultRows.of(cluster.executeLocally(sql)));
        assertThat(rows("SELECT v FROM m WHERE v < 0")).isEmpty();
        assertThat(reads.aheadCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whatWasNotThereWhenItReadIsReadAgain(int shard) {
        CompletableFuture<List<?>> answer = asked("SELECT count(*) FROM m WHERE v >= 0");
        awaitScans();
        var tags = Map.of("shard", "s" + shard);
        cluster.addTo(shard, List.of(new TestPoint("m", tags, 1_000_000, Map.of("v", 1L))));
        cluster.node(0).applied = 1;
        barrier.complete(1L);
        assertThat(answer.join()).isEqualTo(count(cluster.rowCount() + 1));
        assertThat(runs).hasValue(2);
        assertThat(reads.againCount()).isEqualTo(1);
        // where points come a query waits
        assertThat(rows(COUNT)).isEqualTo(count(cluster.rowCount() + 1));
        assertThat(reads.aheadCount()).isEqualTo(1);
    }

    /// The catalog did not have the measurement.
    @Test
    void aFailureCountsNoMoreThanRows() {
        CompletableFuture<List<?>> answer = asked("SELECT v FROM later");
        awaitRuns(1);
        var point = new TestPoint("later", Map.of(), 1, Map.of("v", 7L));
        cluster.addTo(0, List.of(point));
        cluster.node(0).applied = 1;
        barrier.complete(1L);
        assertThat(answer.join()).isEqualTo(List.of(List.of(7L)));
        assertThat(runs).hasValue(2);
    }

    @Test
    void aFailureThatHoldsIsTold() {
        CompletableFuture<List<?>> answer = asked("SELECT v FROM never");
        awaitRuns(1);
        assertThat(answer).isNotDone();
        barrier.complete(0L);
        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasMessageContaining("never");
        assertThat(runs).hasValue(1);
    }

    private void awaitRuns(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (runs.get() < count) {
            assertThat(System.nanoTime()).as("it waits").isLessThan(deadline);
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void whatIsNoQueryWaits() throws InterruptedException {
        CompletableFuture<List<?>> answer = asked("SHOW TAG VALUES FROM m WITH KEY = shard");
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(runs).hasValue(0);
        barrier.complete(0L);
        assertThat(answer.join()).hasSize(3);
        assertThat(reads.aheadCount()).isZero();
    }

    @Test
    void withoutAMajorityThereIsNoAnswer() {
        barrier.completeExceptionally(new IOException("no majority"));
        assertThatThrownBy(() -> rows(COUNT))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.UNAVAILABLE))
                .hasMessageContaining("no majority");
        assertThat(reads.againCount()).isEqualTo(1);
    }

    /// Above the shards, too, where this one would take minutes.
    @Test
    void whatIsForNothingStops() {
        CompletableFuture<List<?>> answer =
                asked("SELECT count(*) FROM m a CROSS JOIN m b WHERE a.v * b.v < 0");
        awaitScans();
        cluster.node(0).applied = 1;
        barrier.complete(1L);
        awaitRuns(2);
        session.cancellation().cancel();
        assertThatThrownBy(answer::join).cause().hasMessageContaining("cancelled");
        assertThat(runs).hasValue(2);
        assertThat(reads.againCount()).isEqualTo(1);
    }

    /// By `CANCEL QUERY`, which knows the try alone.
    @Test
    void whatIsCancelledDoesNotRunAgain() {
        CompletableFuture<List<?>> answer =
                asked("SELECT count(*) FROM m a CROSS JOIN m b WHERE a.v * b.v < 0");
        awaitScans();
        Objects.requireNonNull(tried).cancellation().cancel();
        barrier.complete(0L);
        assertThatThrownBy(answer::join).cause().hasMessageContaining("cancelled");
        assertThat(runs).hasValue(1);
        assertThat(session.cancellation().isCancelled()).isTrue();
    }
}
