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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    private static final Comparator<Part> BY_RANK =
            Comparator.comparing(Part::summary, PartSummary.BY_RANK);

    /// A measurement's parts and the deletes that concern some of them. Never changes.
    private record Group(List<Part> parts, List<Tombstone> tombstones) {
        static final Group EMPTY = new Group(List.of(), List.of());
    }

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

    /// What a flush has come to.
    ///
    /// @param logIndex where the head was cut
    /// @param seriesMark state of the series log there
    /// @param written measurements whose rows up to there are in parts now
    /// @param left measurements of which rows up to there are in no part; null while more of the
    ///   head is to follow
    record Progress(
            long logIndex,
            long seriesMark,
            Set<MeasurementId> written,
            @Nullable Set<MeasurementId> left) {
        LogPositions from(LogPositions before) {
            LogPositions moved = before.written(written, logIndex);
            return left == null ? moved : moved.reached(logIndex, left);
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

    /// Guards the changes of what follows; held for moments only.
    private final Object publishing = new Object();

    private volatile Map<MeasurementId, Group> groups = Map.of();
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

    /// Parts of the manifest that cannot be opened; does not change once they are.
    private volatile Map<MeasurementId, List<DamagedPart>> damaged = Map.of();

    /// What readers found damaged in parts that are open, by file.
    private final Map<String, String> found = new ConcurrentHashMap<>();

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
        var broken = new HashMap<MeasurementId, List<DamagedPart>>();
        try {
            for (PartSummary summary : manifest.parts()) {
                Part part;
                try {
                    part = opener.open(summary);
                } catch (CorruptDataException e) {
                    var one = new DamagedPart(summary, e);
                    LOG.error("a part is damaged and left out: {}", one.text());
                    broken.computeIfAbsent(summary.id().measurement(), _ -> new ArrayList<>())
                            .add(one);
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
        damaged = Map.copyOf(broken);
        opened.forEach(this::watch);
        groups = grouped(opened, manifest.tombstones());
    }

    private void watch(Part part) {
        part.onDamage(
                e -> {
                    if (found.put(e.path(), String.valueOf(e.getMessage())) == null) {
                        LOG.error("a part is damaged: {}", e.getMessage());
                    }
                });
    }

    /// What is damaged, each in a line that names the file.
    List<String> damages() {
        var texts = new ArrayList<String>();
        damaged.values().forEach(parts -> parts.forEach(one -> texts.add(one.text())));
        texts.addAll(found.values());
        return texts;
    }

    boolean isDamaged() {
        return !damaged.isEmpty() || !found.isEmpty();
    }

    /// Whether parts of a measurement lack: the others must not be merged across them.
    boolean hasDamaged(MeasurementId owner) {
        return damaged.containsKey(owner);
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

    /// When the newest part was written, seconds since 1970; 0 when there is none.
    long newestWrittenSeconds() {
        return manifest.parts().stream()
                .mapToLong(part -> part.origin().writtenSeconds())
                .max()
                .orElse(0);
    }

    /// All parts, by rank; open only as long as they are in the set.
    List<Part> all() {
        List<Part> all = inAnyOrder();
        all.sort(BY_RANK);
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
        return groups.getOrDefault(owner, Group.EMPTY).parts();
    }

    /// Deletes that concern parts of a measurement.
    List<Tombstone> tombstonesOf(MeasurementId owner) {
        return groups.getOrDefault(owner, Group.EMPTY).tombstones();
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
        for (DamagedPart one : damaged.getOrDefault(owner, List.of())) {
            if (range.overlaps(one.summary().minTime(), one.summary().maxTime())) {
                throw one.refusal();
            }
        }
        while (true) {
            Group group = groups.getOrDefault(owner, Group.EMPTY);
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

    /// Takes in what a flush wrote.
    ///
    /// @param added opened by the caller; the set's from here on, whatever the result
    /// @param publication runs what it is given at the moment when readers are to see the parts
    void add(Collection<Part> added, Progress progress, Consumer<Runnable> publication)
            throws IOException {
        replace(List.of(), added, List.of(), progress, publication);
    }

    private boolean replace(
            Collection<Part> removed,
            Collection<Part> added,
            Collection<Tombstone> carriedOut,
            @Nullable Progress progress,
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
                    store(gone, come, progress);
                }
                entered = true;
                publication.accept(() -> publish(gone, come));
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

    private boolean moves(@Nullable Progress progress) {
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

    private void store(List<Part> gone, List<Part> come, @Nullable Progress progress)
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
                        tombstones().stream()
                                .filter(tombstone -> kept.stream().anyMatch(tombstone::concerns))
                                .toList());
        come.forEach(part -> doubtful.add(part.id()));
        next.store(io, directory);
        manifest = next;
        come.forEach(part -> doubtful.remove(part.id()));
        doubtful.forEach(this::deleteFiles);
        doubtful.clear();
        ended.forEach(this::deleteFiles);
        ended.clear();
    }

    private void publish(List<Part> gone, List<Part> come) {
        synchronized (publishing) {
            List<Part> all = inAnyOrder();
            all.removeAll(gone);
            discarded.removeAll(gone);
            for (Part part : come) {
                watch(part);
                // it may have been dropped while the manifest was written
                (isDropped(part) ? discarded : all).add(part);
            }
            groups = grouped(all, tombstones());
        }
    }

    private void delete(Part part) {
        part.releaseForGood(() -> deleteFiles(part.id()));
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

    /// @param tombstones those that concern no part are left out, but for rows that no part holds
    ///   yet
    private Map<MeasurementId, Group> grouped(List<Part> parts, List<Tombstone> tombstones) {
        var partsOf = new HashMap<MeasurementId, List<Part>>();
        for (Part part : parts) {
            partsOf.computeIfAbsent(part.id().measurement(), _ -> new ArrayList<>()).add(part);
        }
        var tombstonesOf = new HashMap<MeasurementId, List<Tombstone>>();
        for (Tombstone tombstone : tombstones) {
            MeasurementId owner = tombstone.measurement();
            boolean early = tombstone.upTo() > manifest.logIndex() && !hasEnded.test(owner);
            List<Part> own = partsOf.getOrDefault(owner, List.of());
            if (early || own.stream().anyMatch(tombstone::concerns)) {
                tombstonesOf.computeIfAbsent(owner, _ -> new ArrayList<>()).add(tombstone);
                partsOf.putIfAbsent(owner, new ArrayList<>());
            }
        }
        var grouped = new HashMap<MeasurementId, Group>();
        partsOf.forEach(
                (owner, own) -> {
                    List<Part> ranked = own.stream().sorted(BY_RANK).toList();
                    List<Tombstone> deletes = tombstonesOf.getOrDefault(owner, List.of());
                    grouped.put(owner, new Group(ranked, List.copyOf(deletes)));
                });
        return Map.copyOf(grouped);
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
