package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.CatalogState;

import java.io.IOException;
import java.nio.file.Path;

/// Keeps the catalog in the `store` file, so that its log can be trimmed. Any thread.
///
/// Saved before a manifest is, so that what a part holds is always known when it is opened.
final class CatalogFile {
    private final FileStore io;
    private final Path directory;
    private final int shardCount;
    private final Catalog catalog;
    private final CatalogLog log;
    private long savedIndex;

    /// @param savedIndex of the catalog's log that the file is at
    CatalogFile(
            FileStore io,
            Path directory,
            int shardCount,
            Catalog catalog,
            CatalogLog log,
            long savedIndex) {
        this.io = io;
        this.directory = directory;
        this.shardCount = shardCount;
        this.catalog = catalog;
        this.log = log;
        this.savedIndex = savedIndex;
    }

    /// Writes the catalog when it has changed since it was written last; durable when it returns.
    synchronized void save() throws IOException {
        if (catalog.appliedIndex() > savedIndex) {
            CatalogState state = catalog.state();
            new StoreMeta(shardCount, state, true).store(io, directory);
            savedIndex = state.index();
            log.trimTo(savedIndex);
        }
    }
}
