package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.schema.Catalog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Has the shards remove the data of what the catalog has dropped. Any thread.
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    private final Catalog catalog;
    private final List<ShardWriter> writers;

    /// Those that this node keeps.
    private final List<Shard> shards;

    /// Whether a shard may hold such data still: at start nobody knows.
    private volatile boolean hasRemains = true;

    Removals(Catalog catalog, List<ShardWriter> writers, List<Shard> shards) {
        this.catalog = catalog;
        this.writers = writers;
        this.shards = shards;
    }

    /// A shard has come that may hold such data.
    void lookAgain() {
        hasRemains = true;
    }

    /// Has every shard remove data whose number has ended. Nobody sees it any more; where the log
    /// does not take the entry now, it is tried again later.
    void run(LogEntry removal) {
        var removals = new ArrayList<CompletableFuture<Void>>();
        for (ShardWriter shard : writers) {
            var done = new CompletableFuture<Void>();
            removals.add(done);
            if (!shard.remove(removal, WriteListener.completing(done))) {
                done.completeExceptionally(new Store.OverloadedException());
            }
        }
        try {
            CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            LOG.warn("data of what was dropped is removed later: {}", String.valueOf(e.getCause()));
            hasRemains = true;
        }
    }

    /// Removes data whose numbers have ended while a shard did not come to it: at start, and after
    /// the log was too full.
    void goOn() {
        if (!hasRemains) {
            return;
        }
        hasRemains = false;
        for (Shard shard : shards) {
            for (MeasurementId measurement : shard.measurements()) {
                int database = measurement.database();
                if (catalog.measurement(database, measurement.measurement()) == null
                        && (!shard.proposes()
                                || !shard.remove(
                                        new LogEntry.DropMeasurement(measurement),
                                        WriteListener.completing(remains())))) {
                    hasRemains = true;
                }
            }
        }
    }

    private CompletableFuture<Void> remains() {
        var done = new CompletableFuture<Void>();
        done.exceptionally(
                _ -> {
                    hasRemains = true;
                    return null;
                });
        return done;
    }
}
