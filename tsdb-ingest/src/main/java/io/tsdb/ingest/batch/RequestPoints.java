package io.tsdb.ingest.batch;

import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.Definitions;

import org.jspecify.annotations.Nullable;

/// The points of one request, and what must be defined before they can be logged.
public final class RequestPoints {
    private final String database;
    private final @Nullable DatabaseSchema schema;
    private final @Nullable PointBatch[] byShard;
    private final @Nullable Definitions definitions;

    /// @param schema of the database that the batches were built for; null when there was none
    /// @param byShard null where a shard has no point
    /// @param definitions null when everything is defined
    public RequestPoints(
            String database,
            @Nullable DatabaseSchema schema,
            @Nullable PointBatch[] byShard,
            @Nullable Definitions definitions) {
        this.database = database;
        this.schema = schema;
        this.byShard = byShard;
        this.definitions = definitions;
    }

    public String database() {
        return database;
    }

    /// The database that the batches were built for: numbers in them are its, whatever has its name
    /// by now. Null when there was none.
    public @Nullable DatabaseSchema schema() {
        return schema;
    }

    /// Batches by shard; null where a shard has no point.
    public @Nullable PointBatch[] byShard() {
        return byShard;
    }

    /// What must be defined first; null when everything is.
    public @Nullable Definitions definitions() {
        return definitions;
    }
}
