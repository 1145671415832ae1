package io.tsdb.cluster.delete;

import io.tsdb.query.exec.RowDeletion;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.io.IOException;

/// Deletes rows where all shards are this node's. Any thread.
public record LocalDeletion(Store store) implements RowDeletion {
    @Override
    public long delete(ScanSpec rows, QueryControl control) {
        long deleted = 0;
        for (Shard shard : store.shards()) {
            try {
                deleted += ShardDeletion.delete(rows, shard, control);
            } catch (IOException e) {
                throw new QueryException(
                        QueryErrorCode.UNAVAILABLE,
                        Position.NONE,
                        "rows of '%s' were not deleted, or not all (%d so far): %s; the statement can be repeated"
                                .formatted(rows.measurement(), deleted, e.getMessage()));
            }
        }
        return deleted;
    }
}
