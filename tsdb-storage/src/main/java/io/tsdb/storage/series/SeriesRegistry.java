package io.tsdb.storage.series;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.NameConflictException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Series of one shard: key to id, id to key, and what queries ask of them.
///
/// Ids are dense, given in the order of [#resolve] and never used again. One writer thread calls
/// [#resolve] and [#dropDatabase]; everything else is for any thread until [#close].
public final class SeriesRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeriesRegistry.class);
    private static final int HOT_MAX = 1 << 21;
    private static final int WANTED_STEP = 1024;

    private final Catalog catalog;
    private final Links links = new Links();
    private final Map<String, Integer> databaseNumbers = new ConcurrentHashMap<>();
    private final Map<String, Map<String, MeasurementSeries>> indexes = new ConcurrentHashMap<>();
    private final SeriesLog log;
    private final DictionaryThread dictionary;

    private volatile String[] databaseNames = {};
    private volatile long[] locations = new long[1024];
    private volatile int[] ordinals = new int[1024];
    private volatile long[] dead = {};
    private volatile int seriesCount;
    private volatile RecentSeries recent;

    /// Ids plus one that were looked up lately, two to a hash, checked against the key; races
    /// between readers only cost a later look in the dictionary.
    private volatile int[] hot = new int[1024];

    private int coveredCount;
    private @Nullable MeasurementSeries lastMeasurement;

    private SeriesRegistry(FileStore io, Path directory, Catalog catalog, long mark)
            throws IOException {
        this.catalog = catalog;
        io.createDirectories(directory);
        var loader = new Loader();
        this.log = SeriesLog.open(io, directory.resolve("series.log"), mark, loader);
        this.recent = loader.fingerprints();
        try {
            indexes.values().forEach(index -> index.values().forEach(this::register));
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
    /// @param catalog gets measurements and tag keys of all live series
    /// @param mark what [#mark] gave when the shard's state was saved; 0 for an empty shard,
    ///   `Long.MAX_VALUE` for all there is
    /// @throws io.tsdb.storage.model.CorruptDataException when the series log is damaged before it
    public static SeriesRegistry open(FileStore io, Path directory, Catalog catalog, long mark)
            throws IOException {
        return new SeriesRegistry(io, directory, catalog, mark);
    }

    /// Looks a series up.
    ///
    /// @param key holds the canonical key bytes in `[from, to)`; not kept
    /// @param hash of these bytes, [SeriesKey#hash]
    /// @return id, or -1 when the series is unknown or gone with its database
    public int find(String database, byte[] key, int from, int to, long hash) {
        Integer number = databaseNumbers.get(database);
        if (number == null) {
            return -1;
        }
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
    public int resolve(String database, SeriesKey key) {
        byte[] bytes = key.bytes();
        int known = find(database, bytes, 0, bytes.length, key.hash());
        return known >= 0 ? known : assign(database, key);
    }

    /// The key of a series, live or not.
    public SeriesKey key(int id) {
        byte[] bytes = links.keyBytes(id);
        return SeriesKey.ofBytes(bytes, 0, bytes.length);
    }

    /// The database of a series, live or not.
    public String database(int id) {
        return databaseNames[links.databaseNumber(id)];
    }

    /// Whether there is such a series and its database was not dropped since.
    public boolean isLive(int id) {
        return id >= 0 && id < seriesCount && !isDead(id);
    }

    /// Whether a database with series was ever dropped: some ids are not live then.
    public boolean hasDropped() {
        return dead.length > 0;
    }

    /// Number of ids given so far.
    public int seriesCount() {
        return seriesCount;
    }

    /// Series of a measurement as of now; empty when it has none. Cheap: nothing is copied before
    /// it is asked for.
    public Optional<SeriesIndex> index(String database, String measurement) {
        MeasurementSeries series = indexes.getOrDefault(database, Map.of()).get(measurement);
        return series == null ? Optional.empty() : Optional.of(series.snapshot());
    }

    /// Ends all series of a database; the same keys get new ids from now on. Writer thread.
    public void dropDatabase(String database) {
        Integer number = databaseNumbers.get(database);
        if (number != null) {
            log.appendDrop(number);
            dropSeries(database);
        }
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

    private int assign(String database, SeriesKey key) {
        int id = seriesCount;
        if (id == Integer.MAX_VALUE - 1) {
            throw new ResourceLimitException("series of a shard", id, id + 1L);
        }
        Integer known = databaseNumbers.get(database);
        int number;
        if (known == null) {
            number = databaseNames.length;
            if (number == SeriesLogLayout.DATABASES_MAX) {
                throw new ResourceLimitException("databases of a shard", number, number + 1L);
            }
            log.appendDatabase(number, database.getBytes(StandardCharsets.UTF_8));
            addDatabase(number, database);
        } else {
            number = known;
        }
        byte[] bytes = key.bytes();
        long location = log.appendSeries(number, bytes);
        MeasurementSeries series = add(database, bytes, 0, bytes.length, location);
        if (series != null) {
            register(series);
        }
        addRecent(key.hash(), id);
        if (id + 1 - coveredCount >= Math.max(WANTED_STEP, coveredCount / 8)
                && (id + 1) % WANTED_STEP == 0) {
            dictionary.want(id + 1);
        }
        return id;
    }

    private void addDatabase(int number, String database) {
        String[] names = Arrays.copyOf(databaseNames, number + 1);
        names[number] = database;
        databaseNames = names;
        databaseNumbers.put(database, number);
    }

    /// Adds the next series to everything but the fingerprints.
    ///
    /// @return the measurement when it or one of its tag keys is new
    private @Nullable MeasurementSeries add(
            String database, byte[] source, int from, int to, long location) {
        int id = seriesCount;
        if (id == locations.length) {
            locations = Arrays.copyOf(locations, 2 * id);
            ordinals = Arrays.copyOf(ordinals, 2 * id);
        }
        locations[id] = location;
        MeasurementSeries series = measurement(database, source, from);
        ordinals[id] = series.count();
        boolean first = series.count() == 0;
        seriesCount = id + 1;
        boolean grown = series.add(id, source, from, to);
        if (2 * id >= hot.length && hot.length < HOT_MAX) {
            hot = new int[2 * hot.length];
        }
        return first || grown ? series : null;
    }

    private MeasurementSeries measurement(String database, byte[] source, int from) {
        int nameFrom = from + 2;
        int nameTo = nameFrom + LittleEndian.getShort(source, from);
        MeasurementSeries last = lastMeasurement;
        if (last != null
                && last.database().equals(database)
                && last.isNamed(source, nameFrom, nameTo)) {
            return last;
        }
        var name = new String(source, nameFrom, nameTo - nameFrom, StandardCharsets.UTF_8);
        MeasurementSeries series =
                indexes.computeIfAbsent(database, _ -> new ConcurrentHashMap<>())
                        .computeIfAbsent(name, n -> new MeasurementSeries(links, database, n));
        lastMeasurement = series;
        return series;
    }

    private void register(MeasurementSeries series) {
        MeasurementSchema schema = catalog.addMeasurement(series.database(), series.name());
        for (String key : series.tagKeys()) {
            try {
                schema.addTagKey(key);
            } catch (NameConflictException e) {
                // a shard that is ahead in its log has dropped the database and uses the name anew
                LOG.warn("{}: {}", series.database(), e.getMessage());
            }
        }
    }

    private void dropSeries(String database) {
        Map<String, MeasurementSeries> dropped = indexes.get(database);
        if (dropped == null) {
            return;
        }
        long[] bits = Arrays.copyOf(dead, (seriesCount + 63) >>> 6);
        for (MeasurementSeries series : dropped.values()) {
            series.snapshot().ids().forEach((int id) -> bits[id >>> 6] |= 1L << id);
        }
        dead = bits;
        indexes.remove(database);
        lastMeasurement = null;
    }

    private boolean isDead(int id) {
        long[] bits = dead;
        return id >>> 6 < bits.length && (bits[id >>> 6] >>> id & 1) != 0;
    }

    private boolean isSeries(int id, int database, byte[] key, int from, int to) {
        return isLive(id) && log.isSeries(locations[id], database, key, from, to);
    }

    private int findRecent(int database, byte[] key, int from, int to, long hash) {
        RecentSeries table = recent;
        long found = table.next(RecentSeries.start(hash), hash);
        while (found >= 0) {
            if (isSeries((int) found, database, key, from, to)) {
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
            byte[] key = links.keyBytes(id);
            table.add(SeriesKey.hash(key, 0, key.length), id);
        }
        recent = table;
    }

    /// The log's entries at start.
    private final class Loader implements SeriesLog.Visitor {
        private long[] hashes = new long[1024];

        RecentSeries fingerprints() {
            var table = new RecentSeries(Math.max(1024, seriesCount));
            for (int id = 0; id < seriesCount; id++) {
                table.add(hashes[id], id);
            }
            return table;
        }

        @Override
        public void database(int number, String name) {
            addDatabase(number, name);
        }

        @Override
        public void series(int database, byte[] source, int from, int to, long location) {
            int id = seriesCount;
            add(databaseNames[database], source, from, to, location);
            if (id == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * id);
            }
            hashes[id] = SeriesKey.hash(source, from, to);
        }

        @Override
        public void drop(int database) {
            dropSeries(databaseNames[database]);
        }
    }

    /// What parts of the registry see of it.
    private final class Links implements MeasurementSeries.Registry, DictionaryThread.Source {
        @Override
        public SeriesKey key(int seriesId) {
            return SeriesRegistry.this.key(seriesId);
        }

        @Override
        public int[] ordinals() {
            return ordinals;
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
        public int databaseNumber(int id) {
            return log.database(location(id));
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
