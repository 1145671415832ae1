package io.tsdb.cluster.delete;

import io.tsdb.query.exec.RowDeletion;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Deletes rows where all shards are this node's. Any thread.
public record LocalDeletion(Store store) implements RowDeletion {
    @Override
    public long delete(ScanSpec rows, QueryControl control) {
        long deleted = 0;
        for (Shard shard : store.shards()) {
            try {
                deleted += ShardDeletion.delete(rows, shard, control);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "rows of '%s' were not deleted, or %d only"
                                .formatted(rows.measurement(), deleted),
                        e);
            }
        }
        return deleted;
    }
}
