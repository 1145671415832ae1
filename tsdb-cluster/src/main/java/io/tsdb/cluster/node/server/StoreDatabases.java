package io.tsdb.cluster.node.server;

import io.tsdb.cluster.write.WriteRouter;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.Store;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Creates and drops databases in the node's own store.
record StoreDatabases(Store store, SchemaLimits limits) implements DatabaseControl {
    @Override
    public boolean create(String database) {
        if (store.catalog().hasDatabase(database)) {
            return false;
        }
        WriteRouter.checkRoomForDatabase(store, limits);
        try {
            return store.createDatabase(database);
        } catch (IOException e) {
            throw new UncheckedIOException("database '" + database + "' was not created", e);
        }
    }

    @Override
    public boolean drop(String database) {
        try {
            return store.dropDatabase(database);
        } catch (IOException e) {
            throw new UncheckedIOException("database '" + database + "' was not dropped", e);
        }
    }
}
