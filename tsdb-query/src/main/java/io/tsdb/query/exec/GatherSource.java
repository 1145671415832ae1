package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.PartialResults;

import org.jspecify.annotations.Nullable;

/// The shards' batches as they come.
final class GatherSource implements BatchSource {
    private final PartialResults results;

    GatherSource(PartialResults results) {
        this.results = results;
    }

    @Override
    public @Nullable ColumnBatch next() {
        return results.next();
    }

    @Override
    public void close() {
        results.close();
    }
}
