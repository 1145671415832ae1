package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.schema.Retention;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/// A store and, beside it, the plainest thing that must give the same answers: sorted maps. Writes
/// go to both.
final class StoreModel {
    static final String DATABASE = "db";

    static final List<String> MEASUREMENTS = List.of("m0", "m1");

    /// Fields of every test measurement; a row has a random subset. Each time a measurement comes
    /// anew, its fields have other types.
    private static final List<String> FIELDS = List.of("b", "f", "g", "i", "s", "u");

    private final Random random;
    private final Map<String, Map<String, FieldType>> types = new HashMap<>();
    private final Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>> rows =
            new TreeMap<>();

    private InstantSource clock = () -> Instant.EPOCH;
    private final Map<String, Retention> retentions = new HashMap<>();

    StoreModel(Random random) {
        this.random = random;
    }

    /// @param source what the store's clock says
    StoreModel withClock(InstantSource source) {
        clock = source;
        return this;
    }

    /// A limit for the database, or for one of its measurements.
    record Limit(Optional<String> measurement, Retention retention) {
        void set(Store store) throws IOException {
            assertThat(store.setRetention(DATABASE, measurement, retention)).isTrue();
        }
    }

    /// Gives the database or a measurement a limit that lets some days of rows stay; never a longer
    /// one than before, since what has gone does not come back.
    ///
    /// @return whether it did
    boolean limitRandom(Store store) throws IOException {
        Optional<Limit> limit = drawLimit(store);
        if (limit.isPresent()) {
            limit.get().set(store);
        }
        return limit.isPresent();
    }

    /// A limit that lets some days of rows stay, which the maps know already.
    Optional<Limit> drawLimit(Store store) {
        String measurement = "m" + random.nextInt(2);
        // sometimes so short a one that whole parts go
        int hours = random.nextInt(3) == 0 ? random.nextInt(3) : random.nextInt(4 * 24);
        long nanos = nowNanos() - now + hours * 3_600_000_000_000L;
        Retention limit = new Retention(Math.max(1, nanos));
        boolean all = random.nextBoolean();
        boolean there =
                all
                        ? store.catalog().hasDatabase(DATABASE)
                        : store.catalog().measurement(DATABASE, measurement).isPresent();
        if (!there
                || retention(measurement).isLimited() && retention(measurement).nanos() < nanos
                || all && !retentions.isEmpty()) {
            return Optional.empty();
        }
        retentions.put(all ? DATABASE : measurement, limit);
        return Optional.of(new Limit(all ? Optional.empty() : Optional.of(measurement), limit));
    }

    private Retention retention(String measurement) {
        Retention own = retentions.get(measurement);
        return own == null ? retentions.getOrDefault(DATABASE, Retention.INHERITED) : own;
    }

    private long nowNanos() {
        Instant instant = clock.instant();
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    private boolean isKept(String measurement, long time) {
        return time >= retention(measurement).oldest(nowNanos());
    }

    /// Types of a measurement's fields, drawn when it is new.
    Map<String, FieldType> types(String measurement) {
        return types.computeIfAbsent(
                measurement,
                _ -> {
                    var drawn = new TreeMap<String, FieldType>();
                    for (String field : FIELDS) {
                        drawn.put(field, FieldType.ofId(1 + random.nextInt(5)));
                    }
                    return drawn;
                });
    }

    /// Writes a random batch and waits for its acknowledgement.
    void writeRandom(Store store, int rowCount) throws Exception {
        StoreWrites.write(store, draw(store, rowCount));
    }

    /// A random batch, by shard; the maps have its rows already.
    PointBatch[] draw(Store store, int rowCount) {
        PointBatch[] batches = new PointBatch[store.shards().size()];
        oldestHost += random.nextInt(3) / 2;
        for (int n = 0; n < rowCount; n++) {
            String measurement = MEASUREMENTS.get(random.nextInt(2));
            SeriesKey key = randomKey(measurement);
            int shard = store.shardOf(key.slot());
            if (batches[shard] == null) {
                batches[shard] = new PointBatch(DATABASE);
            }
            MeasurementRows target = batches[shard].rows(measurement);
            int ref = StoreWrites.reference(store, shard, DATABASE, key, target);
            long time = randomTime();
            int row = target.addRow(ref, time);
            putFields(measurement, target, row, key, time);
        }
        return batches;
    }

    /// Devices come and go.
    private int oldestHost;

    private SeriesKey randomKey(String measurement) {
        var tags = new HashMap<String, String>();
        boolean comesBack = random.nextInt(40) == 0;
        int host = comesBack ? random.nextInt(oldestHost + 1) : oldestHost + random.nextInt(6);
        tags.put("host", "h" + host);
        if (random.nextInt(3) == 0) {
            tags.put("röm", "wert, mit = \"allem\"");
        }
        return SeriesKey.of(measurement, tags);
    }

    /// Mostly forward steps, some late ones, some equal ones, over several days.
    private long now = 1_700_000_000_000_000_000L;

    private long randomTime() {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return now - random.nextInt(400) * 600_000_000_000L;
        }
        if (kind == 1) {
            return now;
        }
        now += random.nextInt(90) * 1_000_000_000L + (kind == 2 ? random.nextInt(1000) : 0);
        return now;
    }

    private void putFields(
            String measurement, MeasurementRows target, int row, SeriesKey key, long time) {
        Map<String, Object> model =
                rows.computeIfAbsent(measurement, _ -> new HashMap<>())
                        .computeIfAbsent(key, _ -> new TreeMap<>())
                        .computeIfAbsent(time, _ -> new TreeMap<>());
        boolean all = random.nextInt(3) > 0;
        int kept = random.nextInt(FIELDS.size());
        int at = 0;
        for (var field : types(measurement).entrySet()) {
            if (all || at++ == kept || random.nextInt(3) == 0) {
                FieldColumn column = target.column(field.getKey(), field.getValue());
                model.put(field.getKey(), put(column, row));
            }
        }
    }

    private Object put(FieldColumn column, int row) {
        switch (column.type()) {
            case INT64 -> {
                long value = random.nextInt(10) == 0 ? random.nextLong() : random.nextInt(100);
                column.put(row, value);
                return value;
            }
            case UINT64 -> {
                long bits = random.nextInt(10) == 0 ? random.nextLong() : random.nextInt(100);
                column.put(row, Uint64.fold(bits));
                return new BigInteger(Long.toUnsignedString(bits));
            }
            case FLOAT64 -> {
                boolean full = column.name().equals("g");
                double value = full ? random.nextGaussian() : random.nextInt(1000) / 10.0;
                column.putDouble(
                        row,
                        Double.doubleToRawLongBits(value),
                        full ? FieldColumn.DECIMALS_UNKNOWN : 1);
                return value;
            }
            case BOOL -> {
                boolean value = random.nextBoolean();
                column.put(row, value ? 1 : 0);
                return value;
            }
            case STRING -> {
                String value = "text" + random.nextInt(5) + "é".repeat(random.nextInt(3));
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                column.putString(row, bytes, 0, bytes.length);
                return value;
            }
        }
        throw new IllegalStateException("BUG: " + column.type());
    }

    /// Rows of some series in a range, or single rows by a condition on a field.
    ///
    /// @param field of the condition; empty: none
    /// @param expected how many there are
    record Delete(
            String measurement,
            Predicate<SeriesKey> chosen,
            TimeRange range,
            String field,
            long below,
            int expected) {
        /// Deletes them.
        ///
        /// @return how many there were
        int run(Store store) throws IOException {
            int deleted = 0;
            for (Shard shard : store.shards()) {
                try (Deletion deletion = shard.beginDelete()) {
                    Optional<MeasurementScan> scan = deletion.open(DATABASE, measurement);
                    if (scan.isPresent()) {
                        try (MeasurementScan open = scan.get()) {
                            deleted += run(deletion, open);
                        }
                    }
                }
            }
            return deleted;
        }

        private int run(Deletion deletion, MeasurementScan scan) throws IOException {
            boolean byField = !field.isEmpty();
            var ids = new RoaringBitmap();
            scan.series()
                    .ids()
                    .forEach(
                            (int id) -> {
                                if (chosen.test(scan.series().key(id))) {
                                    ids.add(id);
                                }
                            });
            var found = decide(scan, ids, range, field, byField ? below : null);
            if (byField && !found.isEmpty()) {
                deletion.delete(scan.schema().id(), new DeletedRows.Single(found));
            } else if (!byField) {
                deletion.delete(scan.schema().id(), new DeletedRows.OfSeries(ids, range));
            }
            return found.values().stream().mapToInt(times -> times.length).sum();
        }
    }

    /// Deletes some rows, and checks how many the snapshot shows.
    void deleteRandom(Store store) throws IOException {
        Delete delete = drawDelete();
        assertThat(delete.run(store)).isEqualTo(delete.expected());
    }

    /// A random delete; the maps lack its rows already.
    Delete drawDelete() {
        String measurement = "m" + random.nextInt(2);
        int host = oldestHost - 4 + random.nextInt(10);
        Predicate<SeriesKey> chosen =
                random.nextInt(8) == 0 ? _ -> true : key -> key.tags().contains("h" + host);
        long from =
                random.nextInt(3) == 0
                        ? Long.MIN_VALUE
                        : now - random.nextInt(500) * 900_000_000_000L;
        long to =
                from == Long.MIN_VALUE || random.nextBoolean()
                        ? Long.MAX_VALUE
                        : from + random.nextInt(500) * 600_000_000_000L;
        var range = new TimeRange(from, to);
        String integer =
                types(measurement).entrySet().stream()
                        .filter(entry -> entry.getValue() == FieldType.INT64)
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse("");
        String field = random.nextBoolean() ? integer : "";
        long below = random.nextInt(60);
        Predicate<Map<String, Object>> condition =
                field.isEmpty() ? _ -> true : row -> row.get(field) instanceof Long i && i < below;
        int expected = 0;
        for (var series : rows.getOrDefault(measurement, Map.of()).entrySet()) {
            if (chosen.test(series.getKey())) {
                var times = new ArrayList<Long>();
                series.getValue()
                        .forEach(
                                (time, row) -> {
                                    if (range.contains(time)
                                            && isKept(measurement, time)
                                            && condition.test(row)) {
                                        times.add(time);
                                    }
                                });
                times.forEach(series.getValue()::remove);
                expected += times.size();
            }
        }
        return new Delete(measurement, chosen, range, field, below, expected);
    }

    private static TreeMap<Integer, long[]> decide(
            MeasurementScan scan,
            RoaringBitmap ids,
            TimeRange range,
            String field,
            @Nullable Long below) {
        var found = new TreeMap<Integer, long[]>();
        long[] times = new long[BlockCursor.ROWS_MAX];
        long[] values = new long[BlockCursor.ROWS_MAX];
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        try (BlockCursor cursor = scan.blocks(new ScanRequest(ids, range, List.of(field), false))) {
            while (cursor.nextBlock()) {
                cursor.times(times);
                Presence present = cursor.longs(0, values, presence);
                var own = LongStream.builder();
                for (int row = 0; row < cursor.rowCount(); row++) {
                    boolean has =
                            present == Presence.ALL
                                    || present == Presence.SOME
                                            && (presence[row >>> 6] >>> row & 1) != 0;
                    if (below == null || has && values[row] < below) {
                        own.add(times[row]);
                    }
                }
                long[] more = own.build().toArray();
                if (more.length > 0) {
                    found.merge(
                            cursor.series(),
                            more,
                            (a, b) ->
                                    LongStream.concat(LongStream.of(a), LongStream.of(b))
                                            .toArray());
                }
            }
        }
        return found;
    }

    void dropped() {
        rows.clear();
        types.clear();
        retentions.clear();
    }

    void dropped(String measurement) {
        rows.remove(measurement);
        types.remove(measurement);
        retentions.remove(measurement);
    }

    /// Reads everything within a range through cursors and compares it with the maps.
    void check(Store store, TimeRange range, boolean newestFirst) {
        var found = new TreeMap<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>();
        for (Shard shard : store.shards()) {
            for (String measurement : MEASUREMENTS) {
                Optional<MeasurementScan> scan = shard.open(DATABASE, measurement);
                if (scan.isPresent()) {
                    try (MeasurementScan open = scan.get()) {
                        read(open, types(measurement), range, newestFirst, found, measurement);
                    }
                }
            }
        }
        assertThat(found).isEqualTo(expected(range));
        for (Shard shard : store.shards()) {
            for (String measurement : MEASUREMENTS) {
                Optional<MeasurementScan> scan = shard.open(DATABASE, measurement);
                if (scan.isPresent()) {
                    try (MeasurementScan open = scan.get()) {
                        LatestCheck.check(
                                open,
                                types(measurement),
                                range,
                                found.getOrDefault(measurement, Map.of()),
                                random);
                    }
                }
            }
        }
    }

    /// The rows that there must be, by shard; never changes.
    List<Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>> rowsByShard(
            Store store) {
        return byShard(store, expected(TimeRange.ALL));
    }

    /// The rows that a store has, by shard, with the types that its own catalog says.
    static List<Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>> readByShard(
            Store store) {
        var found = new TreeMap<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>();
        for (Shard shard : store.shards()) {
            for (String measurement : MEASUREMENTS) {
                Optional<MeasurementScan> scan = shard.open(DATABASE, measurement);
                if (scan.isPresent()) {
                    try (MeasurementScan open = scan.get()) {
                        var types = new TreeMap<String, FieldType>();
                        open.schema()
                                .fields()
                                .forEach((name, field) -> types.put(name, field.type()));
                        read(open, types, TimeRange.ALL, false, found, measurement);
                    }
                }
            }
        }
        return byShard(store, found);
    }

    private static List<Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>> byShard(
            Store store, Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>> rows) {
        var shards =
                new ArrayList<Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>>();
        for (int shard = 0; shard < store.shards().size(); shard++) {
            shards.add(new TreeMap<>());
        }
        rows.forEach(
                (measurement, series) ->
                        series.forEach(
                                (key, points) -> {
                                    var copy = new TreeMap<Long, Map<String, Object>>();
                                    points.forEach(
                                            (time, fields) ->
                                                    copy.put(time, new TreeMap<>(fields)));
                                    shards.get(store.shardOf(key.slot()))
                                            .computeIfAbsent(measurement, _ -> new HashMap<>())
                                            .put(key, copy);
                                }));
        return shards;
    }

    private Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>> expected(
            TimeRange range) {
        var expected = new TreeMap<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>>();
        rows.forEach(
                (measurement, series) ->
                        series.forEach(
                                (key, points) ->
                                        points.forEach(
                                                (time, fields) -> {
                                                    if (range.contains(time)
                                                            && isKept(measurement, time)) {
                                                        expected.computeIfAbsent(
                                                                        measurement,
                                                                        _ -> new HashMap<>())
                                                                .computeIfAbsent(
                                                                        key, _ -> new TreeMap<>())
                                                                .put(time, fields);
                                                    }
                                                })));
        return expected;
    }

    private static void read(
            MeasurementScan scan,
            Map<String, FieldType> types,
            TimeRange range,
            boolean newestFirst,
            Map<String, Map<SeriesKey, SortedMap<Long, Map<String, Object>>>> found,
            String measurement) {
        var names = new ArrayList<>(types.keySet());
        names.add("missing");
        var request = new ScanRequest(scan.series().ids(), range, names, newestFirst);
        long[] times = new long[BlockCursor.ROWS_MAX];
        try (BlockCursor cursor = scan.blocks(request)) {
            int series = -1;
            long edge = 0;
            while (cursor.nextBlock()) {
                cursor.times(times);
                int count = cursor.rowCount();
                assertThat(times[0]).isEqualTo(cursor.minTime());
                assertThat(times[count - 1]).isEqualTo(cursor.maxTime());
                if (cursor.series() == series) {
                    assertThat(newestFirst ? times[count - 1] < edge : times[0] > edge).isTrue();
                }
                series = cursor.series();
                edge = newestFirst ? times[0] : times[count - 1];
                SortedMap<Long, Map<String, Object>> target =
                        found.computeIfAbsent(measurement, _ -> new HashMap<>())
                                .computeIfAbsent(scan.series().key(series), _ -> new TreeMap<>());
                for (int row = 0; row < count; row++) {
                    assertThat(target.put(times[row], new TreeMap<>())).isNull();
                }
                int column = 0;
                for (var field : types.entrySet()) {
                    readColumn(cursor, column++, field.getKey(), field.getValue(), times, target);
                }
                assertThat(cursor.longs(column, times, new long[BlockCursor.PRESENCE_WORDS]))
                        .isEqualTo(Presence.NONE);
                checkNewest(cursor, types, target);
            }
        }
    }

    /// The block's last row alone is the same row.
    private static void checkNewest(
            BlockCursor cursor,
            Map<String, FieldType> types,
            SortedMap<Long, Map<String, Object>> read) {
        long newest = cursor.maxTime();
        cursor.narrowToNewest();
        assertThat(cursor.rowCount()).isEqualTo(1);
        assertThat(cursor.minTime()).isEqualTo(newest);
        assertThat(cursor.maxTime()).isEqualTo(newest);
        long[] times = new long[BlockCursor.ROWS_MAX];
        cursor.times(times);
        assertThat(times[0]).isEqualTo(newest);
        var row = new TreeMap<Long, Map<String, Object>>();
        row.put(newest, new TreeMap<>());
        int column = 0;
        for (var field : types.entrySet()) {
            readColumn(cursor, column++, field.getKey(), field.getValue(), times, row);
        }
        assertThat(row.get(newest)).isEqualTo(read.get(newest));
    }

    private static void readColumn(
            BlockCursor cursor,
            int column,
            String name,
            FieldType type,
            long[] times,
            SortedMap<Long, Map<String, Object>> target) {
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        long[] longs = new long[BlockCursor.ROWS_MAX];
        double[] doubles = new double[BlockCursor.ROWS_MAX];
        int[] ids = new int[BlockCursor.ROWS_MAX];
        Presence found =
                switch (type) {
                    case INT64, UINT64, BOOL -> cursor.longs(column, longs, presence);
                    case FLOAT64 -> cursor.doubles(column, doubles, presence);
                    case STRING -> cursor.stringIds(column, ids, presence);
                };
        var values = new ArrayList<Object>();
        String[] texts = type == FieldType.STRING ? cursor.dictionary(column) : new String[0];
        for (int row = 0; row < cursor.rowCount(); row++) {
            if (found == Presence.ALL
                    || found == Presence.SOME && (presence[row >>> 6] >>> row & 1) != 0) {
                Object value =
                        switch (type) {
                            case INT64 -> longs[row];
                            case UINT64 -> new BigInteger(Uint64.toText(longs[row]));
                            case BOOL -> longs[row] == 1;
                            case FLOAT64 -> doubles[row];
                            case STRING -> texts[ids[row]];
                        };
                target.computeIfAbsent(times[row], _ -> new TreeMap<>()).put(name, value);
                values.add(value);
            }
        }
        checkStatistics(cursor.statistics(column), type, values);
    }

    private static void checkStatistics(
            @Nullable ColumnStatistics statistics, FieldType type, List<Object> values) {
        if (statistics == null) {
            return;
        }
        assertThat(statistics.count()).isEqualTo(values.size());
        if (values.isEmpty()) {
            return;
        }
        if (type == FieldType.FLOAT64) {
            var numbers = values.stream().mapToDouble(value -> (Double) value).summaryStatistics();
            assertThat(Double.longBitsToDouble(statistics.minBits())).isEqualTo(numbers.getMin());
            assertThat(Double.longBitsToDouble(statistics.maxBits())).isEqualTo(numbers.getMax());
            assertThat(Double.longBitsToDouble(statistics.lastBits())).isEqualTo(values.getLast());
        } else if (type == FieldType.UINT64) {
            var numbers = values.stream().map(value -> (BigInteger) value).sorted().toList();
            assertThat(Uint64.toText(statistics.minBits()))
                    .isEqualTo(numbers.getFirst().toString());
            assertThat(Uint64.toText(statistics.maxBits())).isEqualTo(numbers.getLast().toString());
            assertThat(Uint64.toText(statistics.lastBits())).isEqualTo(values.getLast().toString());
            BigInteger sum = numbers.stream().reduce(BigInteger.ZERO, BigInteger::add);
            assertThat(statistics.sumExact()).isEqualTo(sum.bitLength() <= Long.SIZE);
            if (statistics.sumExact()) {
                assertThat(Long.toUnsignedString(statistics.sumBits())).isEqualTo(sum.toString());
            }
        } else if (type == FieldType.INT64) {
            var numbers = values.stream().mapToLong(value -> (Long) value).summaryStatistics();
            assertThat(statistics.minBits()).isEqualTo(numbers.getMin());
            assertThat(statistics.maxBits()).isEqualTo(numbers.getMax());
            assertThat(statistics.firstBits()).isEqualTo(values.getFirst());
            assertThat(statistics.lastBits()).isEqualTo(values.getLast());
        }
    }
}
