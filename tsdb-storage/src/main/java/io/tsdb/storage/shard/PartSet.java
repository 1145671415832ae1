package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
/// Any thread. Files of parts that went are deleted when their last reader is done.
final class PartSet {
    private static final Logger LOG = LoggerFactory.getLogger(PartSet.class);

    /// What a reader takes: parts by rank, each retained for it, and the deletes that concern them.
    record Acquired(List<Part> parts, List<Tombstone> tombstones) {
        static final Acquired NOTHING = new Acquired(List.of(), List.of());
    }

    /// Keeps parts from being merged across a log index, while a delete is decided there.
    final class Pin implements AutoCloseable {
        private final long index;

        private Pin(long index) {
            this.index = index;
        }

        long index() {
            return index;
        }

        @Override
        public void close() {
            synchronized (publishing) {
                pins.remove(this);
            }
        }
    }

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

    /// Merges at cuts up to this entry are done.
    private volatile long mergedIndex;

    /// Guards the changes of what follows; held for moments only.
    private final Object publishing = new Object();

    private volatile Map<MeasurementId, PartGroup> groups = Map.of();
    private final List<Part> discarded = new ArrayList<>();
    private final Set<Pin> pins = new HashSet<>();

    /// Measurements of which parts went, until somebody asks.
    private final Set<MeasurementId> shrunk = ConcurrentHashMap.newKeySet();

    /// Parts that a manifest named which could not be stored, and perhaps was: their files go when
    /// the next one is there.
    private final Set<PartId> doubtful = new HashSet<>();

    /// Parts of the manifest that were not opened, since their measurement had ended.
    private final Set<PartId> ended = new HashSet<>();

    private Predicate<MeasurementId> hasEnded = _ -> false;

    private Opener reopener = _ -> null;
    private final PartDamages damages = new PartDamages();

    private PartSet(FileStore io, Path directory, Manifest manifest) {
        this.io = io;
        this.directory = directory;
        this.manifest = manifest;
        this.nextSequence = new AtomicLong(manifest.nextSequence());
    }

    /// Reads the manifest and deletes files of parts that it does not name. The parts themselves
    /// are opened by [#openParts].
    ///
    /// What is read is written once more before: the process before may have ended when it could
    /// not sync the directory, and then a power loss brings an older manifest back, when parts and
    /// log are gone that this one does not need.
    static PartSet load(FileStore io, Path directory) throws IOException {
        Manifest manifest = Manifest.load(io, directory);
        if (io.exists(directory.resolve(Manifest.FILE))) {
            manifest.store(io, directory);
        }
        PartDirectory.clean(io, directory, manifest.parts().stream().map(PartSummary::id).toList());
        return new PartSet(io, directory, manifest);
    }

    /// Opens every part of the manifest; once, before anything else is asked.
    ///
    /// @param again opens a part later on, when its files were put in place again; any thread
    /// @param endedTest whether a measurement has ended, of which no part is to stay; any thread
    void openParts(Opener opener, Opener again, Predicate<MeasurementId> endedTest)
            throws IOException {
        hasEnded = endedTest;
        reopener = again;
        var opened = new ArrayList<Part>();
        try {
            for (PartSummary summary : manifest.parts()) {
                Part part;
                try {
                    part = opener.open(summary);
                } catch (CorruptDataException e) {
                    damages.leftOut(summary, e);
                    continue;
                }
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
        opened.forEach(damages::watch);
        groups = grouped(opened, manifest.tombstones());
    }

    /// What is known to be damaged.
    PartDamages damages() {
        return damages;
    }

    FileStore io() {
        return io;
    }

    /// Of the shard.
    Path directory() {
        return directory;
    }

    /// What the manifest says of the parts, damaged ones too, and up to where they hold the log.
    Manifest named() {
        return manifest;
    }

    /// Opens a part anew whose files were put in place again: readers get it from now on.
    ///
    /// @return false when it is in the set no more
    /// @throws CorruptDataException when it is damaged still
    boolean reopen(PartId id) throws IOException {
        manifestLock.lock();
        try {
            Optional<PartSummary> summary =
                    manifest.parts().stream().filter(one -> one.id().equals(id)).findFirst();
            Part whole = summary.isEmpty() ? null : reopener.open(summary.get());
            if (whole == null) {
                damages.forget(id);
                return false;
            }
            Optional<Part> before;
            synchronized (publishing) {
                List<Part> all = inAnyOrder();
                before = all.stream().filter(one -> one.id().equals(id)).findFirst();
                if (isDropped(whole) || discarded.stream().anyMatch(one -> one.id().equals(id))) {
                    whole.release();
                    return false;
                }
                before.ifPresent(all::remove);
                damages.watch(whole);
                all.add(whole);
                groups = grouped(all, tombstones());
                damages.forget(id); // behind: a reader finds the part, or its damage
            }
            before.ifPresent(Part::release);
            return true;
        } finally {
            manifestLock.unlock();
        }
    }

    /// Log entries up to this one are in the parts, but for measurements that are behind.
    long logIndex() {
        return manifest.logIndex();
    }

    LogPositions positions() {
        return manifest.positions();
    }

    long seriesMark() {
        return manifest.seriesMark();
    }

    /// A number for a part that is about to be written; never given again.
    long takeSequence() {
        return nextSequence.getAndIncrement();
    }

    /// Time of day of the newest cut that is whole in the parts, as every replica has it; 0 where
    /// nobody else applies the log.
    long cutSeconds() {
        List<MergeMark> merges = manifest.merges();
        return merges.isEmpty() ? 0 : merges.getLast().seconds();
    }

    /// Everything that replicas merge up to the cut at an entry is merged: the manifest says so
    /// with its next change, and until then it would be found that nothing is left to do.
    void mergedTo(long logIndex) {
        mergedIndex = logIndex;
    }

    /// All parts, by rank; open only as long as they are in the set.
    List<Part> all() {
        List<Part> all = inAnyOrder();
        all.sort(PartGroup.BY_RANK);
        return all;
    }

    private List<Part> inAnyOrder() {
        var all = new ArrayList<Part>();
        groups.values().forEach(group -> all.addAll(group.parts()));
        return all;
    }

    /// Deletes that concern some part.
    List<Tombstone> tombstones() {
        return groups.values().stream().flatMap(group -> group.tombstones().stream()).toList();
    }

    Set<MeasurementId> owners() {
        return groups.keySet();
    }

    /// Parts of a measurement, by rank; open only as long as they are in the set.
    List<Part> of(MeasurementId owner) {
        return groups.getOrDefault(owner, PartGroup.EMPTY).parts();
    }

    /// Deletes that concern parts of a measurement.
    List<Tombstone> tombstonesOf(MeasurementId owner) {
        return groups.getOrDefault(owner, PartGroup.EMPTY).tombstones();
    }

    /// Measurements of which parts went or were replaced since the last call; after a start, all.
    Set<MeasurementId> takeShrunk() {
        Set<MeasurementId> taken = Set.copyOf(shrunk);
        shrunk.removeAll(taken);
        return taken;
    }

    /// Has a measurement be among those again.
    void shrunk(MeasurementId owner) {
        shrunk.add(owner);
    }

    /// Takes the parts of a measurement that overlap a range.
    ///
    /// @throws CorruptDataException when one that does cannot be opened
    Acquired acquire(MeasurementId owner, TimeRange range) {
        damages.check(owner, range);
        while (true) {
            PartGroup group = groups.getOrDefault(owner, PartGroup.EMPTY);
            List<Part> acquired = tryAcquire(group.parts(), range);
            if (acquired != null) {
                return new Acquired(acquired, group.tombstones());
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
            for (Part part : inAnyOrder()) {
                (isDropped(part) ? discarded : kept).add(part);
            }
            groups = grouped(kept, tombstones());
        }
    }

    /// Takes the rows of a delete away from what readers take, at once; the manifest has it with
    /// its next change, and until then the log has it. Applied twice it is applied once.
    void delete(Tombstone tombstone) {
        synchronized (publishing) {
            var tombstones = new ArrayList<>(tombstones());
            if (tombstones.stream().noneMatch(known -> known.index() == tombstone.index())) {
                tombstones.add(tombstone);
                groups = grouped(inAnyOrder(), tombstones);
            }
        }
    }

    /// Keeps parts from being merged across the log index that they hold everything up to.
    ///
    /// @param holds false where replicas merge the same parts at the same entries: a delete that
    ///   comes behind such an entry is void there
    Pin pin(boolean holds) {
        synchronized (publishing) {
            var pin = new Pin(manifest.logIndex());
            if (holds) {
                pins.add(pin);
            }
            return pin;
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
    /// @param carriedOut deletes that concern the removed parts, whose rows the added ones lack
    /// @return false when one of the removed parts is gone already, another delete concerns them
    ///   now, or one is being decided between them: nothing changed
    boolean replace(
            Collection<Part> removed, Collection<Part> added, Collection<Tombstone> carriedOut)
            throws IOException {
        return replace(removed, added, carriedOut, null, Runnable::run);
    }

    /// Takes parts of another replica in place of own ones of a measurement, which hold rows of the
    /// same log entries, and may be damaged.
    ///
    /// @param added opened by [#openOther]; the set's from here on, whatever the result
    /// @param deletes that concern some of them, known here or not
    /// @return false when one of the removed parts is gone already, or a delete is being decided:
    ///   nothing changed
    boolean exchange(Set<PartId> removed, Collection<Part> added, Collection<Tombstone> deletes)
            throws IOException {
        manifestLock.lock();
        try {
            List<Part> gone;
            boolean entered = false;
            try {
                synchronized (publishing) {
                    Set<PartId> named = new HashSet<>();
                    manifest.parts().forEach(part -> named.add(part.id()));
                    if (!named.containsAll(removed)
                            || !pins.isEmpty()
                            || added.stream().anyMatch(this::isDropped)) {
                        return false;
                    }
                    gone = inAnyOrder();
                    gone.removeIf(part -> !removed.contains(part.id()));
                    ended.addAll(removed);
                    gone.forEach(part -> ended.remove(part.id()));
                }
                store(gone, List.copyOf(added), null, deletes);
                entered = true;
            } finally {
                if (!entered) {
                    ended.removeAll(removed);
                    added.forEach(Part::release);
                }
            }
            publish(gone, List.copyOf(added), deletes);
            removed.forEach(damages::forget);
            gone.forEach(this::delete);
            return true;
        } finally {
            manifestLock.unlock();
        }
    }

    private List<Tombstone> joined(Collection<Tombstone> deletes) {
        var all = new ArrayList<>(tombstones());
        for (Tombstone one : deletes) {
            if (all.stream().noneMatch(known -> known.index() == one.index())) {
                all.add(one);
            }
        }
        return all;
    }

    /// Opens a part that the manifest does not name.
    ///
    /// @return null when its measurement has ended
    @Nullable Part openOther(PartSummary summary) throws IOException {
        return reopener.open(summary);
    }

    /// Takes in what a flush wrote.
    ///
    /// @param added opened by the caller; the set's from here on, whatever the result
    /// @param publication runs what it is given at the moment when readers are to see the parts
    void add(Collection<Part> added, FlushProgress progress, Consumer<Runnable> publication)
            throws IOException {
        replace(List.of(), added, List.of(), progress, publication);
    }

    private boolean replace(
            Collection<Part> removed,
            Collection<Part> added,
            Collection<Tombstone> carriedOut,
            @Nullable FlushProgress progress,
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
                    if (!mayReplace(removed, carriedOut)) {
                        return false;
                    }
                    gone.addAll(discarded);
                    come.removeIf(part -> isDropped(part) && refused.add(part));
                }
                if (!gone.isEmpty() || !come.isEmpty() || !ended.isEmpty() || moves(progress)) {
                    store(gone, come, progress, List.of());
                }
                entered = true;
                publication.accept(() -> publish(gone, come, List.of()));
                gone.addAll(refused);
            } finally {
                if (!entered) {
                    added.forEach(Part::release);
                }
            }
            removed.forEach(part -> shrunk.add(part.id().measurement()));
            gone.forEach(this::delete);
            return true;
        } finally {
            manifestLock.unlock();
        }
    }

    private boolean moves(@Nullable FlushProgress progress) {
        LogPositions before = manifest.positions();
        return progress != null
                && (progress.seriesMark() > manifest.seriesMark()
                        || !progress.from(before).equals(before));
    }

    private boolean mayReplace(Collection<Part> removed, Collection<Tombstone> carriedOut) {
        if (!inAnyOrder().containsAll(removed)) {
            return false;
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Part part : removed) {
            first = Math.min(first, part.origin().firstIndex());
            last = Math.max(last, part.origin().lastIndex());
        }
        LogPositions positions = manifest.positions();
        // while a flush is at work, what it added stays apart: a backup leaves it out
        if (positions.newest() > positions.logIndex()
                && crosses(first, last, positions.logIndex())) {
            return false;
        }
        for (Pin pin : pins) {
            if (crosses(first, last, pin.index())) {
                return false;
            }
        }
        for (Tombstone tombstone : tombstones()) {
            // one that takes rows of all of them goes on doing so
            if (tombstone.upTo() < last
                    && !carriedOut.contains(tombstone)
                    && removed.stream().anyMatch(part -> tombstone.concerns(part.summary()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean crosses(long first, long last, long index) {
        return first <= index && index < last;
    }

    private boolean isDropped(Part part) {
        return hasEnded.test(part.id().measurement());
    }

    private void store(
            List<Part> gone,
            List<Part> come,
            @Nullable FlushProgress progress,
            Collection<Tombstone> more)
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
                        progress == null ? before.positions() : progress.from(before.positions()),
                        progress == null
                                ? before.seriesMark()
                                : Math.max(before.seriesMark(), progress.seriesMark()),
                        nextSequence.get(),
                        kept,
                        joined(more).stream()
                                .filter(tombstone -> kept.stream().anyMatch(tombstone::concerns))
                                .toList(),
                        MergeMark.left(
                                progress == null ? before.merges() : progress.mergesFrom(before),
                                mergedIndex));
        come.forEach(part -> doubtful.add(part.id()));
        next.store(io, directory);
        manifest = next;
        come.forEach(part -> doubtful.remove(part.id()));
        doubtful.forEach(this::deleteFiles);
        doubtful.clear();
        ended.forEach(this::deleteFiles);
        ended.clear();
    }

    private void publish(List<Part> gone, List<Part> come, Collection<Tombstone> more) {
        synchronized (publishing) {
            List<Part> all = inAnyOrder();
            all.removeAll(gone);
            discarded.removeAll(gone);
            for (Part part : come) {
                damages.watch(part);
                // it may have been dropped while the manifest was written
                (isDropped(part) ? discarded : all).add(part);
            }
            groups = grouped(all, joined(more));
        }
    }

    private void delete(Part part) {
        damages.forget(part.id());
        part.releaseForGood(() -> deleteFiles(part.id()));
    }

    /// Deletes the files of a part that was not taken in, unless the manifest names it, or one that
    /// could not be stored perhaps does: those go when the next one is there.
    void discard(PartId id) {
        manifestLock.lock();
        try {
            if (!doubtful.contains(id)
                    && manifest.parts().stream().noneMatch(part -> part.id().equals(id))) {
                deleteFiles(id);
            }
        } finally {
            manifestLock.unlock();
        }
    }

    /// Deletes the files of a part that the manifest does not name.
    void deleteFiles(PartId id) {
        try {
            io.delete(id.parquetFile(directory));
            io.delete(id.indexFile(directory));
        } catch (IOException e) {
            LOG.warn("files of part {} could not be deleted: the next start does it", id, e);
        }
    }

    private Map<MeasurementId, PartGroup> grouped(List<Part> parts, List<Tombstone> tombstones) {
        return PartGroup.of(
                parts,
                tombstones,
                tombstone ->
                        damages.concern(tombstone)
                                || tombstone.upTo() > manifest.logIndex()
                                        && !hasEnded.test(tombstone.measurement()));
    }

    /// Runs something while no part comes, and no file of one goes.
    ///
    /// @return the manifest of that time
    Manifest hold(Holding holding) throws IOException {
        manifestLock.lock();
        try {
            holding.run(manifest);
            return manifest;
        } finally {
            manifestLock.unlock();
        }
    }

    /// What [#hold] runs.
    interface Holding {
        void run(Manifest manifest) throws IOException;
    }

    /// Releases every part.
    void close() {
        synchronized (publishing) {
            inAnyOrder().forEach(Part::release);
            discarded.forEach(Part::release);
            discarded.clear();
            groups = Map.of();
        }
    }
}
