package io.tsdb.query.exec;

import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;

/// Deletes rows for good: the port that the node implements. Any thread.
public interface RowDeletion {
    /// Deletes, at every shard, the rows that were written before the call and for which a
    /// condition is true. They are gone when it returns, and their deletion is on disk.
    ///
    /// @return how many rows these were
    /// @throws io.tsdb.query.sql.QueryException when the control ends it; nothing was deleted then,
    ///   or at some shards only
    long delete(ScanSpec rows, QueryControl control);
}
