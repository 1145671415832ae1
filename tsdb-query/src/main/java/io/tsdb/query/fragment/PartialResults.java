package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnBatch;

import org.jspecify.annotations.Nullable;

/// What the shards hand back for one fragment, in the order in which it comes. One thread.
public interface PartialResults extends AutoCloseable {
    /// The next batch of any shard, of the fragment's column types, or null when all shards are
    /// done. It holds until the next call. Blocks, the query's time limit at most.
    ///
    /// @throws io.tsdb.query.sql.QueryException what a shard threw, or `cancelled` or `timeout`
    @Nullable ColumnBatch next();

    /// Stops what still runs and releases all snapshots; returns when no shard reads any more.
    @Override
    void close();
}
