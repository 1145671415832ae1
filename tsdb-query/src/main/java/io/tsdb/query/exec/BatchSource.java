package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;

import org.jspecify.annotations.Nullable;

/// An operator: pulled for batches of rows. One thread.
interface BatchSource extends AutoCloseable {
    /// The next rows, at least one, or null at the end. The batch holds until the next call.
    @Nullable ColumnBatch next();

    @Override
    void close();
}
