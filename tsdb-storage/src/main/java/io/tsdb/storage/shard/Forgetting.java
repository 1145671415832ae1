package io.tsdb.storage.shard;

import io.tsdb.storage.head.Head;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.series.SeriesRegistry;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// Series that have no row left are forgotten, by an entry of the log, so that replay gives the
/// series after them the same ids.
///
/// At its place in the log such an entry is simply true: no row of these series is anywhere. That
/// takes three steps. Candidates are looked for and said to *leave*; a batch that has one, by id or
/// by key, lets it stay. When everything that was logged before is applied, those that still have
/// no rows *go*: the entry is logged while no batch is, and batches behind it name them by their
/// keys, as series that are new. So whatever connections remember of ids, none that has gone comes
/// behind that entry. What is left of the measurement's series is put up in between, beside
/// everything, since a million of them takes a second.
///
/// Any thread; one [#run] goes on at a time.
final class Forgetting {
    /// The shard whose series they are. Its lock guards what may change.
    interface Source {
        boolean isRecovering();

        Head head();

        /// Series that batches named by their keys since the last cut.
        RoaringBitmap named();

        /// Number of cuts of the head so far. Any thread.
        long cuts();

        /// Appends an entry that holds no points. Any thread.
        ///
        /// @return false when the log is overloaded
        boolean append(LogEntry entry, WriteListener listener);
    }

    /// Appends a batch.
    interface Appending {
        boolean run();
    }

    /// More of those that were likely to go than this, come back in the last moment, would keep the
    /// shard's lock too long.
    private static final int STAYED_MAX = 10_000;

    private final SeriesRegistry registry;
    private final EmptySeries emptySeries;
    private final Source source;
    private final ReentrantLock running = new ReentrantLock();
    private final ReadWriteLock appends = new ReentrantReadWriteLock();

    // changed while nothing is appended, or by a batch's own series under the monitor
    private MeasurementId measurement = new MeasurementId(1, 1);
    private volatile @Nullable RoaringBitmap leaving;
    private volatile @Nullable RoaringBitmap going;

    Forgetting(SeriesRegistry registry, EmptySeries emptySeries, Source source) {
        this.registry = registry;
        this.emptySeries = emptySeries;
        this.source = source;
    }

    /// Appends a batch whose series are those of now.
    boolean append(PointBatch batch, Appending appending) {
        appends.readLock().lock();
        try {
            if (mayNameTheGone(batch)) {
                for (MeasurementRows rows : batch.measurements()) {
                    var id = new MeasurementId(batch.number(), rows.number());
                    stay(id, rows);
                    comeAgain(id, rows);
                }
            }
            return appending.run();
        } finally {
            appends.readLock().unlock();
        }
    }

    /// Whether the rows are to be looked through. While nothing is being forgotten, and nothing was
    /// since the batch's ids were looked up, they are not.
    private boolean mayNameTheGone(PointBatch batch) {
        // these two first: what is no longer going is counted as forgotten
        if (leaving != null || going != null) {
            return true;
        }
        int forgotten = registry.forgottenCount();
        return forgotten > 0 && batch.forgottenAtLookup() != forgotten;
    }

    /// What is written to does not leave.
    private synchronized void stay(MeasurementId id, MeasurementRows rows) {
        RoaringBitmap left = leaving;
        if (left == null || !id.equals(measurement)) {
            return;
        }
        for (int row = 0; row < rows.rowCount(); row++) {
            int series = rows.series()[row];
            if (series >= 0) {
                left.remove(series);
            }
        }
        for (SeriesKey key : rows.newSeries()) {
            byte[] bytes = key.bytes();
            int series = registry.find(id, bytes, 0, bytes.length, key.hash());
            if (series >= 0) {
                left.remove(series);
            }
        }
    }

    /// Names what has gone, or goes, by its key.
    private void comeAgain(MeasurementId id, MeasurementRows rows) {
        RoaringBitmap gone = id.equals(measurement) ? going : null;
        int[] series = rows.series();
        HashMap<Integer, Integer> anew = null;
        for (int row = 0; row < rows.rowCount(); row++) {
            int old = series[row];
            if (old >= 0 && (registry.isGone(old) || gone != null && gone.contains(old))) {
                if (anew == null) {
                    anew = new HashMap<>();
                }
                series[row] =
                        anew.computeIfAbsent(
                                old, one -> rows.addForgottenSeries(registry.key(one)));
            }
        }
    }

    /// Forgets the empty series of a measurement.
    ///
    /// @return false when some may be left: to be tried again
    /// @throws IOException when the log does not take it: they stay
    boolean run(MeasurementId id) throws IOException {
        running.lock();
        try {
            return runAlone(id);
        } finally {
            running.unlock();
        }
    }

    private boolean runAlone(MeasurementId id) throws IOException {
        long cuts = source.cuts();
        RoaringBitmap empty = emptySeries.of(id);
        if (empty == null || empty.isEmpty()) {
            return empty != null;
        }
        exclusively(
                () -> {
                    measurement = id;
                    leaving = empty;
                    return null;
                });
        try {
            await(log(id, new RoaringBitmap())); // behind all that came before
            RoaringBitmap still = emptySeries.of(id);
            if (still == null) {
                return false;
            }
            RoaringBitmap likely = leavingOf(still);
            registry.prepareForget(id, likely);
            await(exclusively(() -> logEmpty(id, likely, cuts)));
            return source.cuts() == cuts && (likely.isEmpty() || going != null);
        } finally {
            // what failed is in no log that takes a batch behind it
            leaving = null;
            going = null;
            registry.dropPrepared();
        }
    }

    /// What leaves, as of now, of those that still have no rows.
    private synchronized RoaringBitmap leavingOf(RoaringBitmap still) {
        RoaringBitmap left = leaving;
        if (left == null) {
            throw new IllegalStateException("BUG: nothing leaves");
        }
        left.and(still);
        return left.clone();
    }

    /// While nothing is appended, so it is short. What was appended before this run was there when
    /// it was looked who is still empty, and what was since has let its series stay.
    private CompletableFuture<Void> logEmpty(MeasurementId id, RoaringBitmap likely, long cuts) {
        RoaringBitmap empty = leaving;
        leaving = null;
        if (empty == null || empty.isEmpty() || source.cuts() != cuts) {
            return CompletableFuture.completedFuture(null);
        }
        if (likely.getCardinality() - empty.getCardinality() > STAYED_MAX) {
            return CompletableFuture.completedFuture(null); // not as prepared: tried again
        }
        going = empty;
        return log(id, empty);
    }

    private <T> T exclusively(Supplier<T> act) {
        appends.writeLock().lock();
        try {
            return act.get();
        } finally {
            appends.writeLock().unlock();
        }
    }

    private CompletableFuture<Void> log(MeasurementId id, RoaringBitmap series) {
        var done = new CompletableFuture<Void>();
        if (!source.append(new LogEntry.Forget(id, series), WriteListener.completing(done))) {
            done.completeExceptionally(new Store.OverloadedException());
        }
        return done;
    }

    private static void await(CompletableFuture<Void> done) throws IOException {
        try {
            done.join();
        } catch (CompletionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
