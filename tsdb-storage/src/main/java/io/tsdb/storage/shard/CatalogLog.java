package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.DefineOutcome;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.Retention;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// The catalog behind its log: proposals go in, are logged, and change the catalog in log order;
/// what became of each is what the catalog said when its turn came.
///
/// A proposal waits for its commit, so nothing is ever known here that a crash could take back.
/// That costs one sync, and only requests with something new pay it. Any thread proposes.
final class CatalogLog {
    private final Catalog catalog;
    private final ShardLog log;
    private final Executor answers;

    /// Committed proposals of this node whose turn has not come; the delivering thread's own.
    private final ArrayDeque<Proposal<?>> committed = new ArrayDeque<>();

    /// @param answers runs whatever waits for a proposal, in place of the log's thread
    CatalogLog(Catalog catalog, ShardLog log, Executor answers) {
        this.catalog = catalog;
        this.log = log;
        this.answers = answers;
    }

    /// @param index of the log that the catalog is at
    void start(long index) {
        log.start(index, this::apply);
    }

    private final class Proposal<T> implements ShardLog.Commit {
        private final CompletableFuture<T> outcome = new CompletableFuture<>();
        private final Class<T> type;
        private long index;

        Proposal(Class<T> type) {
            this.type = type;
        }

        @Override
        public void committed(long committedIndex) {
            index = committedIndex;
            committed.add(this);
        }

        @Override
        public void failed(Exception cause) {
            answers.execute(() -> outcome.completeExceptionally(failure(cause)));
        }

        void applied(Object result) {
            T value = type.cast(result);
            answers.execute(() -> outcome.complete(value));
        }
    }

    private static IOException failure(Exception cause) {
        return new IOException("the log failed: " + cause.getMessage(), cause);
    }

    /// @return whether the database is new; fails with an [IOException] when the log does not take
    ///   the proposal
    CompletableFuture<Boolean> createDatabase(String database) {
        return propose(new LogEntry.CreateDatabase(database), Boolean.class);
    }

    /// @return false when it had ended before
    CompletableFuture<Boolean> dropDatabase(int number) {
        return propose(new LogEntry.DropDatabase(number), Boolean.class);
    }

    /// @return false when it had ended before
    CompletableFuture<Boolean> dropMeasurement(MeasurementId measurement) {
        return propose(new LogEntry.DropMeasurement(measurement), Boolean.class);
    }

    /// @param measurement 0 for the database
    /// @return false when it had ended before
    CompletableFuture<Boolean> setRetention(int database, int measurement, Retention retention) {
        return propose(new LogEntry.SetRetention(database, measurement, retention), Boolean.class);
    }

    /// @return false when another text was set since `expected`
    CompletableFuture<Boolean> setDocument(String name, long expected, String text) {
        return propose(new LogEntry.SetDocument(name, expected, text), Boolean.class);
    }

    CompletableFuture<DefineOutcome> define(Definitions definitions) {
        return propose(new LogEntry.Define(definitions), DefineOutcome.class);
    }

    private <T> CompletableFuture<T> propose(LogEntry entry, Class<T> type) {
        var proposal = new Proposal<>(type);
        return log.append(entry, proposal)
                ? proposal.outcome
                : CompletableFuture.failedFuture(new Store.OverloadedException());
    }

    private void apply(long index, LogEntry entry) {
        Object result;
        synchronized (catalog) { // who saves it sees an entry whole, with its index
            result = change(index, entry);
            catalog.applied(index);
        }
        Proposal<?> own = committed.peek();
        if (own != null && own.index == index) {
            committed.remove();
            own.applied(result);
        }
    }

    private Object change(long index, LogEntry entry) {
        return switch (entry) {
            case LogEntry.CreateDatabase(String database) -> catalog.createDatabase(database);
            case LogEntry.DropDatabase(int number) -> catalog.dropDatabase(number);
            case LogEntry.DropMeasurement(MeasurementId measurement) ->
                    catalog.dropMeasurement(measurement);
            case LogEntry.SetRetention(int database, int measurement, Retention retention) ->
                    catalog.setRetention(database, measurement, retention);
            case LogEntry.SetDocument(String name, long expected, String text) ->
                    catalog.setDocument(index, name, expected, text);
            case LogEntry.Define(Definitions definitions) -> catalog.define(definitions);
            case LogEntry.Write _, LogEntry.Flush _, LogEntry.Delete _, LogEntry.Forget _ ->
                    throw new IllegalStateException(
                            "BUG: entry " + index + " of the catalog's log is a shard's");
        };
    }

    /// The state up to this index is saved: the log may forget it.
    void trimTo(long index) {
        log.trimTo(index);
    }
}
