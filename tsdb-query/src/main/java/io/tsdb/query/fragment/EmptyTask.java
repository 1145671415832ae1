package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnBatch;

/// A fragment at a shard that has nothing for it.
final class EmptyTask implements FragmentTask {
    @Override
    public boolean next(ColumnBatch target) {
        target.setRowCount(0);
        return false;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
