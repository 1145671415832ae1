package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.memory.MemoryShard;
import io.tsdb.query.memory.SequentialRunner;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.rows.RowStore;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.schema.Catalog;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Engines over shards in memory.
public final class TestEngines {
    public static final String DATABASE = "db";

    /// What `now()` is.
    static final Instant NOW = Instant.parse("2024-01-01T12:00:00Z");

    /// An engine with its shards.
    public record Setup(
            Catalog catalog, List<MemoryShard> shards, QueryEngine engine, MemoryBudget budget) {
        QueryResult execute(String sql) {
            return execute(sql, Map.of());
        }

        QueryResult execute(String sql, Map<String, Object> parameters) {
            return engine.execute(sql, Session.of(DATABASE).withParameters(parameters));
        }

        int openScans() {
            return shards.stream().mapToInt(MemoryShard::openScans).sum();
        }
    }

    private TestEngines() {}

    public static Setup of(List<TestPoint> points, int shardCount, MemoryShard.Layout layout) {
        return of(points, shardCount, layout, QueryLimits.DEFAULT);
    }

    /// Points go to shards by their series' hash.
    public static Setup of(
            List<TestPoint> points, int shardCount, MemoryShard.Layout layout, QueryLimits limits) {
        return of(points, shardCount, layout, limits, new MemoryBudget(1L << 30, Duration.ZERO));
    }

    static Setup of(
            List<TestPoint> points,
            int shardCount,
            MemoryShard.Layout layout,
            QueryLimits limits,
            MemoryBudget budget) {
        return of(points, shardCount, layout, limits, budget, runner -> runner);
    }

    /// @param around what the engine has for the runner of the shards
    static Setup of(
            List<TestPoint> points,
            int shardCount,
            MemoryShard.Layout layout,
            QueryLimits limits,
            MemoryBudget budget,
            UnaryOperator<FragmentRunner> around) {
        return of(points, shardCount, layout, limits, budget, around, System::nanoTime);
    }

    /// @param ticker that the time limits of queries go by, looked at whenever they may be
    ///   cancelled
    static Setup of(
            List<TestPoint> points,
            int shardCount,
            MemoryShard.Layout layout,
            QueryLimits limits,
            MemoryBudget budget,
            UnaryOperator<FragmentRunner> around,
            Ticker ticker) {
        var catalog = new Catalog();
        catalog.createDatabase(DATABASE);
        points.forEach(point -> MemoryShard.register(catalog, DATABASE, point));
        var shards = new ArrayList<MemoryShard>();
        var all = new ArrayList<>(points);
        for (int i = 0; i < shardCount; i++) {
            int shard = i;
            var memory = new MemoryShard(catalog, DATABASE, layout);
            memory.add(pointsOf(points, shard, shardCount));
            shards.add(memory);
        }
        var engine =
                new QueryEngine(
                        catalog,
                        around.apply(new SequentialRunner(shards)),
                        new CatalogDatabases(catalog, shards, all),
                        InstantSource.fixed(NOW),
                        ticker,
                        limits,
                        budget);
        return new Setup(catalog, shards, engine, budget);
    }

    private static List<TestPoint> pointsOf(List<TestPoint> points, int shard, int shardCount) {
        return points.stream()
                .filter(p -> SeriesKey.of(p.measurement(), p.tags()).slot() % shardCount == shard)
                .toList();
    }

    /// @param points that the shards have
    private record CatalogDatabases(
            Catalog catalog, List<MemoryShard> shards, List<TestPoint> points)
            implements DatabaseControl {
        @Override
        public long insert(AnalyzedInsert target, RowStore rows, QueryControl control) {
            for (int row = 0; row < rows.size(); row++) {
                points.add(InsertedPoint.of(target, rows, row));
            }
            points.forEach(point -> MemoryShard.register(catalog, DATABASE, point));
            for (int i = 0; i < shards.size(); i++) {
                shards.get(i).replace(pointsOf(points, i, shards.size()));
            }
            return rows.size();
        }

        @Override
        public boolean create(String database) {
            return catalog.createDatabase(database);
        }

        @Override
        public long delete(io.tsdb.query.plan.ScanSpec rows, QueryControl control) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public boolean drop(String database) {
            var dropped = catalog.database(database);
            return dropped != null && catalog.dropDatabase(dropped.number());
        }
    }
}
