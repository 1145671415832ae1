package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.budget.ComputeTurns;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.QueryEngine;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.memory.MemoryShard;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.schema.Catalog;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class LocalFragmentRunnerTest {
    private static final String DATABASE = "db";
    private static final int SHARDS = 4;
    private static final int ROWS_PER_SHARD = 20_000;

    private final Catalog catalog = new Catalog();
    private final List<MemoryShard> shards = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final QueryCancellation cancellation = new QueryCancellation();

    LocalFragmentRunnerTest() {
        catalog.createDatabase(DATABASE);
        for (int shard = 0; shard < SHARDS; shard++) {
            var points = new ArrayList<TestPoint>();
            for (int row = 0; row < ROWS_PER_SHARD; row++) {
                points.add(
                        new TestPoint(
                                "m", Map.of("shard", "s" + shard), row, Map.of("v", (long) row)));
            }
            var memory =
                    new MemoryShard(catalog, DATABASE, new MemoryShard.Layout(shard, 1024, false));
            memory.add(points);
            shards.add(memory);
        }
    }

    @AfterEach
    void stopThreads() {
        threads.close();
    }

    private QueryResult execute(Executor executor, String sql) {
        return execute(executor, sql, new MemoryBudget(1L << 30, Duration.ZERO));
    }

    private QueryResult execute(Executor executor, String sql, MemoryBudget budget) {
        var engine =
                new QueryEngine(
                        catalog,
                        new LocalFragmentRunner(shards, executor),
                        new NoDatabases(),
                        InstantSource.fixed(Instant.EPOCH),
                        System::nanoTime,
                        QueryLimits.DEFAULT,
                        budget);
        return engine.execute(sql, Session.of(DATABASE).withCancellation(cancellation));
    }

    /// A clock by which every block takes a second: all of them need the only turn, and whoever has
    /// it waits for nobody who needs it.
    @Test
    void heavyQueriesTakeTurnsAndAnswerAsAlone() {
        String sql = "SELECT shard, count(*), sum(v), min(v) FROM m GROUP BY shard ORDER BY shard";
        List<?> alone = ResultRows.of(execute(threads, sql));
        var clock = new AtomicLong();
        var turns = new ComputeTurns(1, () -> clock.addAndGet(TimeUnit.SECONDS.toNanos(1)));
        var budget = new MemoryBudget(1L << 30, Duration.ZERO, turns);
        try (ExecutorService askers = Executors.newFixedThreadPool(6)) {
            var answers = new ArrayList<Future<List<?>>>();
            for (int i = 0; i < 60; i++) {
                answers.add(askers.submit(() -> ResultRows.of(execute(threads, sql, budget))));
            }
            for (Future<List<?>> answer : answers) {
                assertThat(answer)
                        .succeedsWithin(Duration.ofMinutes(1))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .isEqualTo(alone);
            }
        }
        assertThat(turns.waitingCount()).isZero();
        assertThat(openScans()).isZero();
    }

    private int openScans() {
        return shards.stream().mapToInt(MemoryShard::openScans).sum();
    }

    @Test
    void bringsEveryRowOfEveryShardOnce() {
        List<?> rows = ResultRows.of(execute(threads, "SELECT shard, v FROM m"));
        assertThat(rows).hasSize(SHARDS * ROWS_PER_SHARD).doesNotHaveDuplicates();
        assertThat(openScans()).isZero();
    }

    @Test
    void mergesGroupsOfAllShards() {
        assertThat(ResultRows.of(execute(threads, "SELECT count(*), max(v), sum(v) FROM m")))
                .containsExactly(
                        List.of(
                                (long) SHARDS * ROWS_PER_SHARD,
                                ROWS_PER_SHARD - 1L,
                                (long) SHARDS * ROWS_PER_SHARD * (ROWS_PER_SHARD - 1) / 2));
    }

    @Test
    void readerDoesTheWorkWhenTheExecutorRefuses() {
        Executor refusing =
                _ -> {
                    throw new RejectedExecutionException("full");
                };
        assertThat(ResultRows.of(execute(refusing, "SELECT v FROM m")))
                .hasSize(SHARDS * ROWS_PER_SHARD);
    }

    @Test
    void readsNoFurtherThanItsQueueWhenNobodyTakesBatches() throws Exception {
        try (QueryResult result = execute(threads, "SELECT v FROM m")) {
            assertThat(result.next()).isNotNull();
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS))
                    .as("no thread waits for the reader")
                    .isTrue();
            int decoded = shards.stream().mapToInt(MemoryShard::decodedColumns).sum();
            // 3 batches of 1024 rows a shard, blocks of at least one row, 512 on average
            assertThat(decoded).isLessThan(SHARDS * ROWS_PER_SHARD / 512);
        }
        assertThat(openScans()).isZero();
    }

    @Test
    void closingEarlyReleasesEverySnapshot() {
        try (QueryResult result = execute(threads, "SELECT v FROM m ORDER BY v LIMIT 10")) {
            assertThat(result.columns()).hasSize(1);
        }
        assertThat(openScans()).isZero();
    }

    @Test
    void cancellingEndsTheQueryWithAnError() {
        try (QueryResult result = execute(threads, "SELECT v FROM m")) {
            assertThat(result.next()).isNotNull();
            cancellation.cancel();
            assertThatThrownBy(
                            () -> {
                                while (result.next() != null) {
                                    assertThat(result.columns()).hasSize(1);
                                }
                            })
                    .isInstanceOfSatisfying(
                            QueryException.class,
                            e -> assertThat(e.code()).isEqualTo(QueryErrorCode.CANCELLED));
        }
        assertThat(openScans()).isZero();
    }

    @Test
    void whatAShardThrowsReachesTheReader() {
        try (QueryResult result =
                execute(threads, "SELECT v * 9223372036854775807 FROM m WHERE v > 1000")) {
            assertThatThrownBy(result::next)
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("passes the range of int64");
        }
        assertThat(openScans()).isZero();
    }

    private static final class NoDatabases implements DatabaseControl {
        @Override
        public boolean create(String database) {
            return false;
        }

        @Override
        public long delete(
                io.tsdb.query.plan.ScanSpec rows, io.tsdb.query.fragment.QueryControl control) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public boolean drop(String database) {
            return false;
        }
    }
}
