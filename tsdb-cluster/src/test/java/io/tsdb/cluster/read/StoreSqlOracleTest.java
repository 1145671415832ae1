package io.tsdb.cluster.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.TestStores;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.QueryEngine;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.oracle.OracleTarget;
import io.tsdb.query.oracle.SqlOracle;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Random points and queries from a seed over real shards give DuckDB's rows, wherever the points
/// lie.
class StoreSqlOracleTest {
    /// More: `-Dtsdb.oracle.queries=N`, as the profile `soak` does.
    private static final int QUERIES = Integer.getInteger("tsdb.oracle.queries", 150);

    private static final String DATABASE = "db";

    /// Where the points lie when the queries run.
    enum Place {
        HEAD_ONLY,
        PARTS_ONLY,
        BOTH
    }

    @TempDir Path temporary;

    @ParameterizedTest
    @EnumSource
    void answersLikeDuckDb(Place place) throws Exception {
        long seed = Long.getLong("tsdb.seed", 40 + place.ordinal());
        var config = TestStores.config(temporary, 2);
        try (Store store =
                        Store.open(
                                config,
                                new LocalFileStore(),
                                System::nanoTime,
                                InstantSource.system());
                ExecutorService executor = Executors.newFixedThreadPool(2)) {
            int withRows = SqlOracle.judge(seed, QUERIES, new Target(store, executor, place));
            assertThat(withRows).as("queries with rows").isGreaterThan(QUERIES / 2);
        }
    }

    /// A store that takes points in batches and flushes as the place asks.
    private static final class Target implements OracleTarget {
        private static final int BATCH_POINTS = 500;

        private final Store store;
        private final Place place;
        private final QueryEngine engine;

        Target(Store store, ExecutorService executor, Place place) {
            this.store = store;
            this.place = place;
            var databases =
                    new DatabaseControl() {
                        @Override
                        public boolean create(String database) {
                            throw new IllegalStateException("not asked for");
                        }

                        @Override
                        public long delete(
                                io.tsdb.query.plan.ScanSpec rows,
                                io.tsdb.query.fragment.QueryControl control) {
                            throw new IllegalStateException("not asked for");
                        }

                        @Override
                        public boolean drop(String database) {
                            throw new IllegalStateException("not asked for");
                        }
                    };
            this.engine =
                    new QueryEngine(
                            store.catalog(),
                            new LocalFragmentRunner(store.shards(), executor),
                            databases,
                            () -> Instant.EPOCH,
                            System::nanoTime,
                            QueryLimits.DEFAULT,
                            new MemoryBudget(1L << 30, Duration.ZERO));
        }

        @Override
        public void write(List<TestPoint> points) {
            for (int from = 0; from < points.size(); from += BATCH_POINTS) {
                if (place == Place.BOTH
                        && from >= points.size() / 2 - BATCH_POINTS
                        && from < points.size() / 2) {
                    store.flush();
                }
                StorePoints.write(
                        store,
                        DATABASE,
                        points.subList(from, Math.min(points.size(), from + BATCH_POINTS)));
            }
            if (place == Place.PARTS_ONLY) {
                store.flush();
            }
            assertThat(store.shards().stream().mapToLong(shard -> shard.headPointCount()).sum())
                    .matches(left -> place == Place.PARTS_ONLY ? left == 0 : left > 0);
        }

        @Override
        public QueryResult execute(String sql) {
            return engine.execute(sql, Session.of(DATABASE));
        }
    }
}
