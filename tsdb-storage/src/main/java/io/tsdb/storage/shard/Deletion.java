package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A delete at one shard, from its decision to its end: exact at one log index.
///
/// It is a snapshot of what was logged up to that index. The caller reads it, decides which rows
/// go, and has them taken away by [#delete]: rows that were logged meanwhile are another matter and
/// stay. One thread; to be closed. While it is open, parts from before the index and parts from
/// after it are not merged.
public final class Deletion implements ScanSource, AutoCloseable {
    /// What becomes of a delete that another cut came before, on replicas: to be decided anew.
    static final String OVERTAKEN = "it was overtaken by a flush";

    /// The delete was decided on rows that have been cut again meanwhile: nothing of it was
    /// deleted, and it may be begun anew.
    public static final class OvertakenException extends IOException {
        private static final long serialVersionUID = 1L;

        OvertakenException() {
            super("nothing more was deleted: " + OVERTAKEN);
        }
    }

    private final Shard shard;
    private final PartSet.Pin pin;
    private final @Nullable FlushFailure unflushed;
    private boolean uncertain;

    /// @param unflushed of the flush before: what it names cannot be deleted from
    Deletion(Shard shard, PartSet.Pin pin, @Nullable FlushFailure unflushed) {
        this.shard = shard;
        this.pin = pin;
        this.unflushed = unflushed;
    }

    /// The rows that the delete is decided on.
    ///
    /// @throws UncheckedIOException when rows of the measurement could not be flushed: they are not
    ///   among these, so nothing can be decided
    @Override
    public Optional<MeasurementScan> open(String database, String measurement) {
        Optional<MeasurementScan> found = shard.openParts(database, measurement);
        if (found.isPresent()) {
            try {
                requireFlushed(found.get().schema().id());
            } catch (IOException e) {
                found.get().close();
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private void requireFlushed(MeasurementId measurement) throws IOException {
        if (unflushed != null && unflushed.concerns(measurement)) {
            throw new IOException(
                    "nothing was deleted: the flush before failed: " + unflushed.getMessage(),
                    unflushed);
        }
    }

    /// Takes rows away; they are gone for every scan that is opened when this returns, and for
    /// good.
    ///
    /// @throws IOException when the log is overloaded or failed: the rows may be gone or not; or
    ///   when rows of the measurement could not be flushed: nothing was deleted
    public void delete(MeasurementId measurement, DeletedRows rows) throws IOException {
        requireFlushed(measurement);
        var done = new CompletableFuture<Void>();
        var entry = new LogEntry.Delete(measurement, pin.index(), rows);
        if (!shard.delete(entry, WriteListener.completing(done))) {
            throw new IOException("not all was deleted: the log is overloaded, try again");
        }
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() != null && OVERTAKEN.equals(e.getCause().getMessage())) {
                throw new OvertakenException();
            }
            // the entry may still be applied: the parts must stay apart until the next start
            uncertain = true;
            throw new IOException("not all was deleted: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        if (!uncertain) {
            pin.close();
        }
    }
}
