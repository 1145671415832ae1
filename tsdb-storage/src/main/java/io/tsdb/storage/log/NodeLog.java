package io.tsdb.storage.log;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.DurationHistogram;
import io.tsdb.storage.schema.Catalog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// All logs of a node: one for each shard, and one for the catalog.
public interface NodeLog extends AutoCloseable {
    /// Number of the catalog's log; shards are numbered from 0 and far below.
    int CATALOG = 65_535;

    /// How a log is called in front of people.
    static String label(int number) {
        return number == CATALOG ? "the catalog's log" : "log " + number;
    }

    /// The log of a shard, or of the catalog ([#CATALOG]).
    ShardLog shard(int number);

    /// Whether this node keeps a shard: the log of one that it does not keep takes entries, on
    /// their way to those who do, and is never started.
    default boolean keeps(int shard) {
        return true;
    }

    /// Gets to see the catalog, as it was saved, before anything else is asked.
    default void catalogOpened(Catalog catalog) {}

    /// Ends the log of a shard that this node keeps no more, and takes away what is left of it.
    default void drop(int shard) throws IOException {}

    /// Delivers what is committed now to the appliers, then takes appends. Once, after every log
    /// was started. An entry of the catalog is delivered before the entries of shards that were
    /// appended after it was committed.
    ///
    /// @throws io.tsdb.storage.model.CorruptDataException when an entry is damaged or missing that
    ///   had been durable
    void recover() throws IOException;

    /// A file that is there from [#begin] on, when it is not there; empty otherwise.
    default Optional<Path> missing() throws IOException {
        return Optional.empty();
    }

    /// Whether entries lie here, whatever became of them.
    default boolean holdsEntries() throws IOException {
        return false;
    }

    /// Prepares the place of a new log, durably, before anything names it.
    default void begin() throws IOException {}

    /// Entries that [#recover] delivered.
    long recoveredEntries();

    LogStatistics statistics();

    /// How long syncs took, where this node knows of them.
    default Optional<DurationHistogram> syncDurations() {
        return Optional.empty();
    }

    /// Whether other nodes keep the same logs: an append that failed may work at the next try.
    default boolean isReplicated() {
        return false;
    }

    /// Done, log by log, when everything that any node had acknowledged before the call was
    /// delivered here.
    ///
    /// @return the caller's own
    default Map<Integer, CompletableFuture<Void>> caughtUp(Collection<Integer> logs) {
        var all = new HashMap<Integer, CompletableFuture<Void>>();
        logs.forEach(log -> all.put(log, CompletableFuture.completedFuture(null)));
        return all;
    }

    /// Why no entry is taken now; empty when all is well.
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /// Commits what is queued, delivers it, and ends. Appends are refused from now on.
    @Override
    void close();

    /// Makes the logs of a node in a directory of their own; writes nothing yet.
    @FunctionalInterface
    interface Factory {
        NodeLog open(FileStore io, Path directory) throws IOException;
    }
}
