package io.tsdb.query.exec;

import io.tsdb.query.memory.MemoryShard;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.oracle.OracleTarget;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Shards in memory as a target of the oracle.
public final class MemoryTarget implements OracleTarget {
    private final int shardCount;
    private final MemoryShard.Layout layout;
    private TestEngines.@Nullable Setup setup;

    public MemoryTarget(int shardCount, MemoryShard.Layout layout) {
        this.shardCount = shardCount;
        this.layout = layout;
    }

    @Override
    public void write(List<TestPoint> points) {
        setup = TestEngines.of(points, shardCount, layout);
    }

    @Override
    public QueryResult execute(String sql) {
        TestEngines.Setup filled = setup;
        if (filled == null) {
            throw new IllegalStateException("no points were written");
        }
        return filled.execute(sql);
    }
}
