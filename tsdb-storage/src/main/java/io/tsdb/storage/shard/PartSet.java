package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartDirectory;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartSummary;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The parts of a shard, and the only way in which they come and go.
///
/// [#replace] is atomic: the manifest on disk names the old parts or the new ones, and so does what
/// a reader takes. A reader takes a list that never changes and holds its parts open by their
/// reference counts; nobody waits for it, and it waits for nobody. Parts stand in the order in
/// which they win over one another ([PartSummary#BY_RANK]), whatever order they came in.
///
/// Any thread. Files of parts that went are deleted at once; who reads them has them mapped.
final class PartSet {
    private static final Logger LOG = LoggerFactory.getLogger(PartSet.class);
    private static final Comparator<Part> BY_RANK =
            Comparator.comparing(Part::summary, PartSummary.BY_RANK);

    /// Up to where the parts hold everything.
    ///
    /// @param seriesMark state of the series log at that index
    record Position(long logIndex, long seriesMark) {}

    /// Opens a part that the manifest names.
    interface Opener {
        /// @return null when its measurement has ended: the part goes with the next manifest
        @Nullable Part open(PartSummary summary) throws IOException;
    }

    private final FileStore io;
    private final Path directory;
    private final AtomicLong nextSequence;

    /// Held while a manifest is written.
    private final ReentrantLock manifestLock = new ReentrantLock();

    private volatile Manifest manifest;

    /// Guards the changes of what follows; held for moments only.
    private final Object publishing = new Object();

    private volatile Map<MeasurementId, List<Part>> parts = Map.of();
    private final List<Part> discarded = new ArrayList<>();

    /// Parts of the manifest that were not opened, since their measurement had ended.
    private final Set<PartId> ended = new HashSet<>();

    private Predicate<MeasurementId> hasEnded = _ -> false;

    private PartSet(FileStore io, Path directory, Manifest manifest) {
        this.io = io;
        this.directory = directory;
        this.manifest = manifest;
        this.nextSequence = new AtomicLong(manifest.nextSequence());
    }

    /// Reads the manifest and deletes files of parts that it does not name. The parts themselves
    /// are opened by [#openParts].
    static PartSet load(FileStore io, Path directory) throws IOException {
        Manifest manifest = Manifest.load(io, directory);
        PartDirectory.clean(io, directory, manifest.parts().stream().map(PartSummary::id).toList());
        return new PartSet(io, directory, manifest);
    }

    /// Opens every part of the manifest; once, before anything else is asked.
    ///
    /// @param endedTest whether a measurement has ended, of which no part is to stay; any thread
    void openParts(Opener opener, Predicate<MeasurementId> endedTest) throws IOException {
        hasEnded = endedTest;
        var opened = new ArrayList<Part>();
        try {
            for (PartSummary summary : manifest.parts()) {
                Part part = opener.open(summary);
                if (part == null) {
                    ended.add(summary.id());
                } else {
                    opened.add(part);
                }
            }
        } catch (IOException | RuntimeException e) {
            opened.forEach(Part::release);
            throw e;
        }
        parts = grouped(opened);
    }

    /// Log entries up to this one are in the parts.
    long logIndex() {
        return manifest.logIndex();
    }

    long seriesMark() {
        return manifest.seriesMark();
    }

    /// A number for a part that is about to be written; never given again.
    long takeSequence() {
        return nextSequence.getAndIncrement();
    }

    /// All parts, by rank; open only as long as they are in the set.
    List<Part> all() {
        var all = new ArrayList<Part>();
        parts.values().forEach(all::addAll);
        all.sort(BY_RANK);
        return all;
    }

    Set<MeasurementId> owners() {
        return parts.keySet();
    }

    /// Parts of a measurement, by rank; open only as long as they are in the set.
    List<Part> of(MeasurementId owner) {
        return parts.getOrDefault(owner, List.of());
    }

    /// Parts of a measurement that overlap a range, by rank, each retained for the caller.
    List<Part> acquire(MeasurementId owner, TimeRange range) {
        while (true) {
            List<Part> acquired = tryAcquire(of(owner), range);
            if (acquired != null) {
                return acquired;
            }
        }
    }

    /// @return null when a part went meanwhile: there is a new list then
    private static @Nullable List<Part> tryAcquire(List<Part> list, TimeRange range) {
        var acquired = new ArrayList<Part>();
        for (Part part : list) {
            if (range.overlaps(part.minTime(), part.maxTime())) {
                if (!part.tryRetain()) {
                    acquired.forEach(Part::release);
                    return null;
                }
                acquired.add(part);
            }
        }
        return acquired;
    }

    /// Removes the parts of measurements that have ended: from what readers take at once, from the
    /// manifest with its next change, and from what is being written now as soon as it comes. A
    /// number never comes back, so what has ended stays so.
    void removeEnded() {
        synchronized (publishing) {
            var kept = new ArrayList<Part>();
            for (Part part : all()) {
                (isDropped(part) ? discarded : kept).add(part);
            }
            parts = grouped(kept);
        }
    }

    /// Whether parts are gone for readers that the manifest still names.
    boolean hasDiscarded() {
        synchronized (publishing) {
            return !discarded.isEmpty() || !ended.isEmpty();
        }
    }

    /// Replaces parts by others that hold the same rows.
    ///
    /// @param added opened by the caller; the set's from here on, whatever the result
    /// @return false when one of the removed parts is gone already: nothing changed
    boolean replace(Collection<Part> removed, Collection<Part> added) throws IOException {
        return replace(removed, added, null, Runnable::run);
    }

    /// Takes in what a flush wrote.
    ///
    /// @param added opened by the caller; the set's from here on, whatever the result
    /// @param position everything up to there is in the parts now
    /// @param publication runs what it is given at the moment when readers are to see the parts
    void add(Collection<Part> added, Position position, Consumer<Runnable> publication)
            throws IOException {
        replace(List.of(), added, position, publication);
    }

    private boolean replace(
            Collection<Part> removed,
            Collection<Part> added,
            @Nullable Position position,
            Consumer<Runnable> publication)
            throws IOException {
        manifestLock.lock();
        try {
            var gone = new ArrayList<>(removed);
            var come = new ArrayList<>(added);
            boolean entered = false;
            try {
                List<Part> refused = new ArrayList<>();
                synchronized (publishing) {
                    if (!all().containsAll(removed)) {
                        return false;
                    }
                    gone.addAll(discarded);
                    come.removeIf(part -> isDropped(part) && refused.add(part));
                }
                store(gone, come, position);
                entered = true;
                publication.accept(() -> publish(gone, come));
                gone.addAll(refused);
            } finally {
                if (!entered) {
                    added.forEach(Part::release);
                }
            }
            gone.forEach(this::delete);
            return true;
        } finally {
            manifestLock.unlock();
        }
    }

    private boolean isDropped(Part part) {
        return hasEnded.test(part.id().measurement());
    }

    private void store(List<Part> gone, List<Part> come, @Nullable Position position)
            throws IOException {
        Set<PartId> goneIds = new HashSet<>(ended);
        gone.forEach(part -> goneIds.add(part.id()));
        var kept = new ArrayList<PartSummary>();
        for (PartSummary summary : manifest.parts()) {
            if (!goneIds.contains(summary.id())) {
                kept.add(summary);
            }
        }
        come.forEach(part -> kept.add(part.summary()));
        Manifest before = manifest;
        var next =
                new Manifest(
                        position == null ? before.logIndex() : position.logIndex(),
                        position == null ? before.seriesMark() : position.seriesMark(),
                        nextSequence.get(),
                        kept);
        next.store(io, directory);
        manifest = next;
        ended.forEach(this::deleteFiles);
        ended.clear();
    }

    private void publish(List<Part> gone, List<Part> come) {
        synchronized (publishing) {
            var all = new ArrayList<>(all());
            all.removeAll(gone);
            discarded.removeAll(gone);
            for (Part part : come) {
                // it may have been dropped while the manifest was written
                (isDropped(part) ? discarded : all).add(part);
            }
            parts = grouped(all);
        }
    }

    private void delete(Part part) {
        part.release();
        deleteFiles(part.id());
    }

    private void deleteFiles(PartId id) {
        try {
            io.delete(id.parquetFile(directory));
            io.delete(id.indexFile(directory));
        } catch (IOException e) {
            LOG.warn("files of part {} could not be deleted: the next start does it", id, e);
        }
    }

    private static Map<MeasurementId, List<Part>> grouped(List<Part> parts) {
        var byOwner = new HashMap<MeasurementId, List<Part>>();
        for (Part part : parts) {
            byOwner.computeIfAbsent(part.id().measurement(), _ -> new ArrayList<>()).add(part);
        }
        byOwner.replaceAll((_, list) -> list.stream().sorted(BY_RANK).toList());
        return Map.copyOf(byOwner);
    }

    /// Releases every part.
    void close() {
        synchronized (publishing) {
            all().forEach(Part::release);
            discarded.forEach(Part::release);
            discarded.clear();
            parts = Map.of();
        }
    }
}
