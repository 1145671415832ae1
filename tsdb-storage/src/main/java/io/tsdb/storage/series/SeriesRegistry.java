package io.tsdb.storage.series;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.SeriesIndex;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Series of one shard: key to id, id to key, and what queries ask of them.
///
/// Ids are dense, given in the order of [#resolve] and never used again. A series belongs to a
/// measurement by number; when that has ended here ([#dropDatabase], [#dropMeasurement]), what
/// still comes for it is void. Series that have no rows left are forgotten ([#forget]). One writer
/// thread calls these four; everything else is for any thread until [#close].
public final class SeriesRegistry implements AutoCloseable {
    private static final int HOT_MAX = 1 << 21;
    private static final int WANTED_STEP = 1024;

    /// Measured with a million series of one tag that is different in each.
    private static final long SERIES_BYTES = 200;

    private static final long KEY_COPIES = 2;

    /// Location, ordinal and a bit.
    private static final long FORGOTTEN_BYTES = 13;

    private final Links links = new Links();
    private final Map<Long, MeasurementSeries> indexes = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicInteger> databaseSeries = new ConcurrentHashMap<>();
    private final Set<Integer> endedDatabases = ConcurrentHashMap.newKeySet();
    private final Set<Long> endedMeasurements = ConcurrentHashMap.newKeySet();
    private final SeriesLog log;
    private final DictionaryThread dictionary;

    private volatile boolean anyEnded;
    private volatile int forgottenCount;
    private volatile long[] locations = new long[1024];
    private volatile int[] ordinals = new int[1024];
    private volatile long[] dead = {};
    private volatile int seriesCount;
    private volatile long keyBytes;
    private volatile RecentSeries recent;

    /// Ids plus one that were looked up lately, two to a hash, checked against the key; races
    /// between readers only cost a later look in the dictionary.
    private volatile int[] hot = new int[1024];

    private int coveredCount;
    private @Nullable MeasurementSeries lastMeasurement;
    private volatile @Nullable PreparedForget prepared;

    private SeriesRegistry(FileStore io, Path directory, long mark) throws IOException {
        io.createDirectories(directory);
        var loader = new Loader();
        this.log = SeriesLog.open(io, directory.resolve("series.log"), mark, loader);
        this.recent = loader.fingerprints();
        loader.forgotten.forEach(this::endSome);
        try {
            this.dictionary =
                    DictionaryThread.start(io, directory, links, log.mark(), log.lastFrameCrc());
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /// Opens the series of a shard in the state of a mark; the entries of the shard's log from
    /// there on bring the rest back, with the same ids.
    ///
    /// @param directory of its own, created when missing
    /// @param mark what [#mark] gave when the shard's state was saved; 0 for an empty shard,
    ///   `Long.MAX_VALUE` for all there is
    /// @throws io.tsdb.storage.model.CorruptDataException when the series log is damaged before it
    public static SeriesRegistry open(FileStore io, Path directory, long mark) throws IOException {
        return new SeriesRegistry(io, directory, mark);
    }

    /// Looks a series up.
    ///
    /// @param key holds the canonical key bytes in `[from, to)`; not kept
    /// @param hash of these bytes, [SeriesKey#hash]
    /// @return id, or -1 when the series is unknown or gone with its measurement
    public int find(MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return find(measurement.packed(), key, from, to, hash);
    }

    private int find(long number, byte[] key, int from, int to, long hash) {
        int[] cache = hot;
        int slot = (int) hash & (cache.length - 1);
        int cached = cache[slot] - 1;
        if (isSeries(cached, number, key, from, to)) {
            return cached;
        }
        int second = cache[slot ^ 1] - 1;
        if (isSeries(second, number, key, from, to)) {
            return second;
        }
        int id = findRecent(number, key, from, to, hash);
        if (id < 0) {
            id = dictionary.find(number, key, from, to);
            if (!isSeries(id, number, key, from, to)) {
                // it may have moved from the table to the dictionary between the two looks
                id = findRecent(number, key, from, to, hash);
            }
        }
        if (id >= 0) {
            cache[slot ^ 1] = cached + 1;
            cache[slot] = id + 1;
        }
        return id;
    }

    /// The id of a series, given now when it has none. Writer thread.
    ///
    /// @param measurement one that has not ended ([#hasEnded])
    public int resolve(MeasurementId measurement, SeriesKey key) {
        byte[] bytes = key.bytes();
        long packed = measurement.packed();
        int known = find(packed, bytes, 0, bytes.length, key.hash());
        return known >= 0 ? known : assign(packed, key);
    }

    /// The key of a series, live or not.
    public SeriesKey key(int id) {
        byte[] bytes = links.keyBytes(id);
        return SeriesKey.ofBytes(bytes, 0, bytes.length);
    }

    /// The measurement of a series, live or not.
    public MeasurementId measurement(int id) {
        return MeasurementId.ofPacked(links.measurement(id));
    }

    /// Whether there is such a series and its measurement has not ended.
    public boolean isLive(int id) {
        return id >= 0 && id < seriesCount && !isGone(id);
    }

    /// Whether a measurement, or its database, has ended in this shard. Answers for the writer as
    /// of the entry it is at.
    public boolean hasEnded(MeasurementId measurement) {
        return anyEnded
                && (endedDatabases.contains(measurement.database())
                        || endedMeasurements.contains(measurement.packed()));
    }

    /// Measurements that have series here and have not ended.
    public List<MeasurementId> measurements() {
        return indexes.keySet().stream().map(MeasurementId::ofPacked).sorted().toList();
    }

    /// Number of ids given so far.
    public int seriesCount() {
        return seriesCount;
    }

    /// Number of live series of a database.
    public int seriesCount(int database) {
        AtomicInteger count = databaseSeries.get(database);
        return count == null ? 0 : count.get();
    }

    /// Number of live series of a measurement.
    public int seriesCount(int database, int measurement) {
        MeasurementSeries series = indexes.get(MeasurementId.packed(database, measurement));
        return series == null ? 0 : series.count();
    }

    /// About what all series take in memory, dropped ones included: ids are never given again. Of
    /// one that was forgotten its place in arrays is left.
    public long memoryBytes() {
        int forgotten = forgottenCount;
        return SeriesRegistry.memoryBytes(seriesCount - forgotten, keyBytes)
                + FORGOTTEN_BYTES * forgotten;
    }

    /// How many series were forgotten; with each, what others remember of ids may be wrong.
    public int forgottenCount() {
        return forgottenCount;
    }

    /// Whether a series was forgotten, or went with its measurement.
    public boolean isGone(int id) {
        long[] bits = dead;
        return id >>> 6 < bits.length && (bits[id >>> 6] >>> id & 1) != 0;
    }

    /// About what series take in memory: places in arrays and postings, and the texts of their
    /// tags.
    ///
    /// @param keyBytes of all their canonical keys
    public static long memoryBytes(long series, long keyBytes) {
        return SERIES_BYTES * series + KEY_COPIES * keyBytes;
    }

    /// Series of a measurement as of now; empty when it has none. Cheap: nothing is copied before
    /// it is asked for.
    public Optional<SeriesIndex> index(MeasurementId measurement) {
        MeasurementSeries series = indexes.get(measurement.packed());
        return series == null ? Optional.empty() : Optional.of(series.snapshot());
    }

    /// Ends a database, with all its series. Writer thread.
    public void dropDatabase(int database) {
        if (!endedDatabases.contains(database)) {
            log.appendDropDatabase(database);
            endDatabase(database);
        }
    }

    /// Ends a measurement, with all its series. Writer thread.
    public void dropMeasurement(MeasurementId measurement) {
        if (!hasEnded(measurement)) {
            log.appendDropMeasurement(measurement.packed());
            endMeasurement(measurement.packed());
        }
    }

    /// Ends series of which no row is left; their keys may come again, as new ones. Those that have
    /// ended already are passed over. Who reads the measurement's series keeps what it has. Writer
    /// thread.
    public void forget(MeasurementId measurement, RoaringBitmap ids) {
        RoaringBitmap ending = live(measurement.packed(), ids);
        if (!ending.isEmpty()) {
            log.appendForget(measurement.packed(), ending);
            endSome(measurement.packed(), ending);
        }
    }

    /// Puts up, beside everything, what will be left of a measurement's series when some are
    /// forgotten, so that [#forget] of these, or of nearly all of them, is short. Takes about a
    /// second for a million that are left. Any thread, one at a time.
    public void prepareForget(MeasurementId measurement, RoaringBitmap ids) {
        MeasurementSeries before = indexes.get(measurement.packed());
        if (before != null && !ids.isEmpty()) {
            prepared = PreparedForget.of(links, before, ids);
        }
    }

    /// What was prepared is not wanted any more.
    public void dropPrepared() {
        prepared = null;
    }

    private RoaringBitmap live(long measurement, RoaringBitmap ids) {
        MeasurementSeries series = indexes.get(measurement);
        return series == null
                ? new RoaringBitmap()
                : RoaringBitmap.and(series.snapshot().ids(), ids);
    }

    /// The state as of now, for the manifest: to be taken by the writer thread between two entries,
    /// and saved only after a [#sync] that came later.
    public long mark() {
        return log.mark();
    }

    /// Makes every series durable that was resolved before. Any thread, one at a time.
    public void sync() throws IOException {
        log.sync();
    }

    /// Syncs and closes, in a way that the next start need not build the dictionary anew.
    @Override
    public void close() throws IOException {
        try {
            log.sync();
        } catch (IOException e) {
            dictionary.abandon();
            log.close();
            throw e;
        }
        try {
            dictionary.close(log.mark(), log.lastFrameCrc());
        } finally {
            log.close();
        }
    }

    /// Waits until the dictionary holds so many series; for tests.
    void awaitDictionary(int count) throws InterruptedException {
        dictionary.want(count);
        dictionary.await(count);
    }

    /// How often the dictionary was built since the start; for tests.
    int dictionaryBuilds() {
        return dictionary.builds();
    }

    private int assign(long measurement, SeriesKey key) {
        int id = seriesCount;
        if (id == Integer.MAX_VALUE - 1) {
            throw new ResourceLimitException("series of a shard", id, id + 1L);
        }
        byte[] bytes = key.bytes();
        long location = log.appendSeries(measurement, bytes);
        add(measurement, bytes, 0, bytes.length, location);
        addRecent(key.hash(), id);
        if (id + 1 - coveredCount >= Math.max(WANTED_STEP, coveredCount / 8)
                && (id + 1) % WANTED_STEP == 0) {
            dictionary.want(id + 1);
        }
        return id;
    }

    /// Adds the next series to everything but the fingerprints.
    private void add(long measurement, byte[] source, int from, int to, long location) {
        int id = seriesCount;
        if (id == locations.length) {
            locations = Arrays.copyOf(locations, 2 * id);
            ordinals = Arrays.copyOf(ordinals, 2 * id);
        }
        locations[id] = location;
        MeasurementSeries series = seriesOf(measurement);
        ordinals[id] = series.count();
        seriesCount = id + 1;
        countKeyBytes(to - from);
        seriesOfDatabase(measurement).incrementAndGet();
        series.add(id, source, from, to);
        if (2 * id >= hot.length && hot.length < HOT_MAX) {
            hot = new int[2 * hot.length];
        }
    }

    /// Writer thread.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void countKeyBytes(int bytes) {
        keyBytes += bytes;
    }

    private MeasurementSeries seriesOf(long measurement) {
        MeasurementSeries last = lastMeasurement;
        if (last != null && last.packedId() == measurement) {
            return last;
        }
        MeasurementSeries series =
                indexes.computeIfAbsent(measurement, id -> new MeasurementSeries(links, id));
        lastMeasurement = series;
        return series;
    }

    private void endDatabase(int database) {
        endedDatabases.add(database);
        anyEnded = true;
        for (MeasurementId measurement : measurements()) {
            if (measurement.database() == database) {
                endSeries(measurement.packed());
            }
        }
    }

    private void endMeasurement(long measurement) {
        endedMeasurements.add(measurement);
        anyEnded = true;
        endSeries(measurement);
    }

    private void endSeries(long measurement) {
        MeasurementSeries ended = indexes.get(measurement);
        if (ended == null) {
            return;
        }
        long[] bits = Arrays.copyOf(dead, (seriesCount + 63) >>> 6);
        ended.snapshot().ids().forEach((int id) -> bits[id >>> 6] |= 1L << id);
        dead = bits;
        indexes.remove(measurement);
        seriesOfDatabase(measurement).addAndGet(-ended.count());
        lastMeasurement = null;
    }

    /// Readers may be in the middle of what there is: what is left is put up beside it, and then
    /// takes its place.
    @SuppressWarnings("NonAtomicVolatileUpdate") // writer thread
    private void endSome(long measurement, RoaringBitmap ending) {
        MeasurementSeries before = indexes.get(measurement);
        if (before == null) {
            return;
        }
        PreparedForget beside = prepared;
        if (beside == null || !beside.isFor(before, ending)) {
            beside = PreparedForget.of(links, before, ending);
        }
        beside.finish(ending);
        before.snapshot(); // it has its ordinals: nobody who still finds it gets those that follow
        ordinals = beside.ordinals(ordinals);
        if (beside.left().count() == 0) {
            indexes.remove(measurement);
        } else {
            indexes.put(measurement, beside.left());
        }
        prepared = null;
        lastMeasurement = null;
        long[] bits = Arrays.copyOf(dead, (seriesCount + 63) >>> 6);
        for (PeekableIntIterator each = ending.getIntIterator(); each.hasNext(); ) {
            int id = each.next();
            bits[id >>> 6] |= 1L << id;
        }
        dead = bits;
        keyBytes -= beside.endingKeyBytes();
        forgottenCount += ending.getCardinality();
        seriesOfDatabase(measurement).addAndGet(-ending.getCardinality());
    }

    private AtomicInteger seriesOfDatabase(long measurement) {
        return databaseSeries.computeIfAbsent(
                MeasurementId.databaseOf(measurement), _ -> new AtomicInteger());
    }

    private boolean isSeries(int id, long measurement, byte[] key, int from, int to) {
        return isLive(id) && log.isSeries(locations[id], measurement, key, from, to);
    }

    private int findRecent(long measurement, byte[] key, int from, int to, long hash) {
        RecentSeries table = recent;
        long found = table.next(RecentSeries.start(hash), hash);
        while (found >= 0) {
            if (isSeries((int) found, measurement, key, from, to)) {
                return (int) found;
            }
            found = table.next((int) (found >>> 32), hash);
        }
        return -1;
    }

    private synchronized void addRecent(long hash, int id) {
        if (!recent.hasRoom()) {
            rebuildRecent(id);
        }
        recent.add(hash, id);
    }

    /// A table of the series that the dictionary does not hold, with room for as many again.
    private void rebuildRecent(int count) {
        var table = new RecentSeries(Math.max(1024, count - coveredCount));
        for (int id = coveredCount; id < count; id++) {
            if (isGone(id)) {
                continue;
            }
            byte[] key = links.keyBytes(id);
            table.add(SeriesKey.hash(key, 0, key.length), id);
        }
        recent = table;
    }

    /// The log's entries at start.
    private final class Loader implements SeriesLog.Visitor {
        private long[] hashes = new long[1024];

        /// By measurement; ended when all is read, since keys are then at hand.
        private final Map<Long, RoaringBitmap> forgotten = new HashMap<>();

        RecentSeries fingerprints() {
            var table = new RecentSeries(Math.max(1024, seriesCount));
            for (int id = 0; id < seriesCount; id++) {
                table.add(hashes[id], id);
            }
            return table;
        }

        @Override
        public void series(long measurement, byte[] source, int from, int to, long location) {
            int id = seriesCount;
            add(measurement, source, from, to, location);
            if (id == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * id);
            }
            hashes[id] = SeriesKey.hash(source, from, to);
        }

        @Override
        public void dropDatabase(int database) {
            endDatabase(database);
        }

        @Override
        public void dropMeasurement(long measurement) {
            endMeasurement(measurement);
        }

        @Override
        public void forget(long measurement, RoaringBitmap ids) {
            forgotten.computeIfAbsent(measurement, _ -> new RoaringBitmap()).or(ids);
        }
    }

    /// What parts of the registry see of it.
    private final class Links implements PreparedForget.Registry, DictionaryThread.Source {
        @Override
        public SeriesKey key(int seriesId) {
            return SeriesRegistry.this.key(seriesId);
        }

        @Override
        public int[] ordinals() {
            return ordinals;
        }

        @Override
        public int keyLength(int id) {
            return log.keyLength(location(id));
        }

        @Override
        public int seriesCount() {
            return seriesCount;
        }

        @Override
        public boolean isLive(int id) {
            return SeriesRegistry.this.isLive(id);
        }

        @Override
        public long measurement(int id) {
            return log.measurement(location(id));
        }

        @Override
        public byte[] keyBytes(int id) {
            return log.key(location(id));
        }

        @Override
        public void covered(int count) {
            synchronized (SeriesRegistry.this) {
                coveredCount = count;
                rebuildRecent(seriesCount);
            }
        }

        private long location(int id) {
            if (id < 0 || id >= seriesCount) {
                throw new IllegalArgumentException("no series " + id + " of " + seriesCount);
            }
            return locations[id];
        }
    }
}
