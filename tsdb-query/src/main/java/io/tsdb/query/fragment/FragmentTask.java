package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnBatch;

/// A fragment at work at one shard: pulled, one thread at a time.
public interface FragmentTask extends AutoCloseable {
    /// Fills the batch with the next rows.
    ///
    /// @param target of the fragment's column types
    /// @return false when there are no more; the batch is then empty
    /// @throws io.tsdb.query.sql.QueryException when a limit is reached, a value passes its range,
    ///   or the query is cancelled
    boolean next(ColumnBatch target);

    /// Releases the snapshot; more than once does no harm.
    @Override
    void close();
}
