package io.tsdb.query.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.scan.ScanSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/// What every [BlockCursor] keeps, over points that come late, twice and with fields missing: the
/// rows of the request, each once, the later write winning field by field; in order; statistics of
/// exactly the block's rows; and that skipping, narrowing, ending and closing disturb nothing else.
public abstract class AbstractBlockCursorTest {
    protected static final String DATABASE = "db";
    private static final String MEASUREMENT = "m";
    private static final List<String> FIELDS = List.of("i", "f", "b", "s", "nowhere");

    /// More than two blocks of a series.
    private static final int TIMES = 2_500;

    private final long[] times = new long[BlockCursor.ROWS_MAX];
    private final long[] longs = new long[BlockCursor.ROWS_MAX];
    private final double[] doubles = new double[BlockCursor.ROWS_MAX];
    private final int[] ids = new int[BlockCursor.ROWS_MAX];
    private final long[] presence = new long[BlockCursor.PRESENCE_WORDS];

    private record Row(int series, long time, List<Object> values) {}

    private record Block(int series, List<Row> rows) {}

    private record Opened(MeasurementScan scan, Map<Integer, TreeMap<Long, List<Object>>> model)
            implements AutoCloseable {
        @Override
        public void close() {
            scan.close();
        }
    }

    /// One shard that has taken the points in this order.
    protected abstract ScanSource source(List<TestPoint> points) throws Exception;

    /// The cursor to be looked at, where it stands on another one.
    protected BlockCursor over(BlockCursor cursor) {
        return cursor;
    }

    private static List<TestPoint> points(long seed) {
        var random = new Random(seed);
        var points = new ArrayList<TestPoint>();
        for (int i = 0; i < 9_000; i++) {
            // mostly onwards, with late ones and ones for the second time
            long time = random.nextInt(5) == 0 ? random.nextInt(TIMES) : i / 4;
            var fields = new HashMap<String, Object>();
            if (random.nextInt(10) > 0) {
                fields.put("i", random.nextInt(3) == 0 ? random.nextLong() : i % 100L);
            }
            if (random.nextInt(4) > 0) {
                fields.put("f", random.nextInt(100_000) / 100.0 - 300);
            }
            if (random.nextInt(2) == 0) {
                fields.put("b", random.nextBoolean());
            }
            if (fields.isEmpty() || random.nextInt(3) > 0) {
                fields.put("s", "text " + random.nextInt(5));
            }
            String host = "h" + random.nextInt(random.nextInt(4) == 0 ? 7 : 3);
            points.add(new TestPoint(MEASUREMENT, Map.of("host", host), time * 1_000, fields));
        }
        // one series of a single row, first of all by its time
        points.add(new TestPoint(MEASUREMENT, Map.of("host", "last"), -5, Map.of("i", 1L)));
        return points;
    }

    private Opened open(long seed) throws Exception {
        List<TestPoint> points = points(seed);
        var byKey = new HashMap<SeriesKey, TreeMap<Long, List<Object>>>();
        for (TestPoint point : points) {
            List<Object> values =
                    byKey.computeIfAbsent(
                                    SeriesKey.of(MEASUREMENT, point.tags()), _ -> new TreeMap<>())
                            .computeIfAbsent(
                                    point.time(),
                                    _ -> new ArrayList<>(Collections.nCopies(FIELDS.size(), null)));
            point.fields().forEach((name, value) -> values.set(FIELDS.indexOf(name), value));
        }
        MeasurementScan scan = source(points).open(DATABASE, MEASUREMENT).orElseThrow();
        var model = new TreeMap<Integer, TreeMap<Long, List<Object>>>();
        scan.series()
                .ids()
                .forEach(
                        (int id) ->
                                model.put(
                                        id,
                                        Objects.requireNonNull(byKey.get(scan.series().key(id)))));
        assertThat(model).hasSize(byKey.size());
        return new Opened(scan, model);
    }

    private static ScanRequest all(Opened opened, boolean newestFirst) {
        return new ScanRequest(opened.scan().series().ids(), TimeRange.ALL, FIELDS, newestFirst);
    }

    private BlockCursor cursor(Opened opened, ScanRequest request) {
        return over(opened.scan().blocks(request));
    }

    private static List<Row> expected(Opened opened, ScanRequest request) {
        var rows = new ArrayList<Row>();
        opened.model()
                .forEach(
                        (id, series) ->
                                series.forEach(
                                        (time, values) -> {
                                            if (request.series().contains(id)
                                                    && request.range().contains(time)) {
                                                rows.add(new Row(id, time, values));
                                            }
                                        }));
        return rows;
    }

    /// The current block, all of it decoded; what it says of itself is held against that.
    private Block decoded(BlockCursor cursor) {
        int count = cursor.rowCount();
        assertThat(count).isBetween(1, BlockCursor.ROWS_MAX);
        cursor.times(times);
        assertThat(cursor.minTime()).isEqualTo(times[0]);
        assertThat(cursor.maxTime()).isEqualTo(times[count - 1]);
        var rows = new ArrayList<Row>();
        for (int row = 0; row < count; row++) {
            if (row > 0) {
                assertThat(times[row]).isGreaterThan(times[row - 1]);
            }
            rows.add(new Row(cursor.series(), times[row], new ArrayList<>()));
        }
        for (int column = 0; column < FIELDS.size(); column++) {
            for (int row = 0; row < count; row++) {
                rows.get(row).values().add(null);
            }
            decode(cursor, column, rows);
        }
        return new Block(cursor.series(), rows);
    }

    private void decode(BlockCursor cursor, int column, List<Row> rows) {
        Presence present =
                switch (FIELDS.get(column)) {
                    case "f" -> cursor.doubles(column, doubles, presence);
                    case "s" -> cursor.stringIds(column, ids, presence);
                    default -> cursor.longs(column, longs, presence);
                };
        String[] texts = FIELDS.get(column).equals("s") ? cursor.dictionary(column) : null;
        for (int row = 0; row < rows.size(); row++) {
            if (present == Presence.ALL
                    || present == Presence.SOME && (presence[row >>> 6] >>> row & 1) != 0) {
                Object value =
                        switch (FIELDS.get(column)) {
                            case "i" -> longs[row];
                            case "f" -> doubles[row];
                            case "b" -> longs[row] == 1;
                            case "s" -> Objects.requireNonNull(texts)[ids[row]];
                            default -> throw new AssertionError("a value of no field");
                        };
                rows.get(row).values().set(column, value);
            }
        }
    }

    /// All that the cursor has, in the order in which it comes.
    private List<Block> drained(BlockCursor cursor) {
        var blocks = new ArrayList<Block>();
        while (cursor.nextBlock()) {
            blocks.add(decoded(cursor));
        }
        return blocks;
    }

    private static List<Row> inSeriesAndTime(List<Block> blocks, boolean newestFirst) {
        var bySeries = new TreeMap<Integer, List<Block>>();
        for (Block block : blocks) {
            bySeries.computeIfAbsent(block.series(), _ -> new ArrayList<>()).add(block);
        }
        var rows = new ArrayList<Row>();
        for (List<Block> series : bySeries.values()) {
            for (Block block : newestFirst ? series.reversed() : series) {
                rows.addAll(block.rows());
            }
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void givesEveryRowOnceAndInOrder(long seed) throws Exception {
        var random = new Random(seed);
        try (Opened opened = open(seed)) {
            for (int round = 0; round < 8; round++) {
                ScanRequest request = round == 0 ? all(opened, false) : some(opened, random);
                try (BlockCursor cursor = cursor(opened, request)) {
                    List<Block> blocks = drained(cursor);
                    assertThat(blocks.stream().map(Block::series).toList()).isSorted();
                    // rows that follow one another in their series' order, so no blocks overlap
                    assertThat(inSeriesAndTime(blocks, request.newestFirst()))
                            .as(request.toString())
                            .isEqualTo(expected(opened, request));
                }
            }
        }
    }

    private static ScanRequest some(Opened opened, Random random) {
        var series = new RoaringBitmap();
        opened.model().keySet().stream().filter(_ -> random.nextBoolean()).forEach(series::add);
        long from = (random.nextInt(TIMES) - 200) * 1_000L;
        long to = from + random.nextInt(TIMES) * 1_000L + random.nextInt(2);
        return new ScanRequest(series, new TimeRange(from, to), FIELDS, random.nextBoolean());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void statisticsAreThoseOfTheDecodedRows(long seed) throws Exception {
        var random = new Random(seed);
        try (Opened opened = open(seed)) {
            int given = 0;
            for (int round = 0; round < 6; round++) {
                ScanRequest request =
                        round == 0 ? all(opened, random.nextBoolean()) : some(opened, random);
                try (BlockCursor cursor = cursor(opened, request)) {
                    while (cursor.nextBlock()) {
                        var before = new ArrayList<@Nullable ColumnStatistics>();
                        boolean early = random.nextBoolean();
                        for (int column = 0; early && column < FIELDS.size(); column++) {
                            before.add(cursor.statistics(column));
                        }
                        Block block = decoded(cursor);
                        for (int column = 0; column < FIELDS.size(); column++) {
                            ColumnStatistics found =
                                    early ? before.get(column) : cursor.statistics(column);
                            if (found != null && (column < 4 || found.count() > 0)) {
                                given++;
                                compare(found, column, block);
                            }
                        }
                    }
                }
            }
            System.out.printf("%s: %d statistics%n", getClass().getSimpleName(), given);
        }
    }

    private static void compare(ColumnStatistics found, int column, Block block) {
        List<Row> with =
                block.rows().stream().filter(row -> row.values().get(column) != null).toList();
        assertThat(found.count()).isEqualTo(with.size());
        if (with.isEmpty()) {
            return;
        }
        List<Object> values = with.stream().map(row -> row.values().get(column)).toList();
        if (found.type() == FieldType.STRING) {
            return;
        }
        assertThat(found.firstTime()).isEqualTo(with.getFirst().time());
        assertThat(found.lastTime()).isEqualTo(with.getLast().time());
        assertThat(found.firstBits()).isEqualTo(bits(values.getFirst()));
        assertThat(found.lastBits()).isEqualTo(bits(values.getLast()));
        if (found.type() == FieldType.FLOAT64) {
            var numbers = values.stream().mapToDouble(Double.class::cast);
            double least = values.stream().mapToDouble(Double.class::cast).min().orElseThrow();
            assertThat(Double.longBitsToDouble(found.minBits())).isEqualTo(least);
            assertThat(Double.longBitsToDouble(found.maxBits()))
                    .isEqualTo(numbers.max().orElseThrow());
            double sum = 0;
            for (Object value : values) {
                sum += (Double) value;
            }
            assertThat(Double.longBitsToDouble(found.sumBits())).isEqualTo(sum);
        } else {
            List<Long> numbers = values.stream().map(AbstractBlockCursorTest::bits).toList();
            assertThat(found.minBits()).isEqualTo(numbers.stream().min(Long::compare).get());
            assertThat(found.maxBits()).isEqualTo(numbers.stream().max(Long::compare).get());
            long sum = 0;
            boolean exact = true;
            for (long number : numbers) {
                long next = sum + number;
                exact &= ((sum ^ next) & (number ^ next)) >= 0;
                sum = next;
            }
            if (found.sumExact()) {
                assertThat(found.sumBits()).isEqualTo(sum);
            } else {
                assertThat(exact).as("the sum has 64 bits").isFalse();
            }
        }
    }

    private static long bits(Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> Double.doubleToRawLongBits(number);
            case Boolean flag -> flag ? 1 : 0;
            default -> throw new IllegalArgumentException("no number: " + value);
        };
    }

    /// Columns are asked for in any order, some not at all, some again.
    @Test
    void aColumnDoesNotDependOnTheOthers() throws Exception {
        var random = new Random(11);
        try (Opened opened = open(11);
                BlockCursor plain = cursor(opened, all(opened, false));
                BlockCursor cursor = cursor(opened, all(opened, false))) {
            while (plain.nextBlock()) {
                assertThat(cursor.nextBlock()).isTrue();
                if (random.nextInt(4) == 0) {
                    continue; // no look at this one
                }
                // both are cut alike or not: only what this one says of itself counts
                Block block = decoded(cursor);
                for (int look = 0; look < 4; look++) {
                    int column = random.nextInt(FIELDS.size());
                    var again = new ArrayList<Row>();
                    for (Row row : block.rows()) {
                        var values = new ArrayList<Object>(row.values());
                        values.set(column, null);
                        again.add(new Row(row.series(), row.time(), values));
                    }
                    decode(cursor, column, again);
                    assertThat(again).isEqualTo(block.rows());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void skipsWhatRemainsOfASeriesAndNothingElse(boolean newestFirst) throws Exception {
        var random = new Random(5);
        try (Opened opened = open(5)) {
            for (int round = 0; round < 10; round++) {
                ScanRequest request = all(opened, newestFirst);
                var left = new RoaringBitmap();
                var rows = new ArrayList<Block>();
                try (BlockCursor cursor = cursor(opened, request)) {
                    while (cursor.nextBlock()) {
                        assertThat(left.contains(cursor.series())).as("was left").isFalse();
                        if (random.nextInt(3) == 0) {
                            left.add(cursor.series());
                            cursor.skipSeries();
                        } else {
                            rows.add(decoded(cursor));
                        }
                    }
                }
                List<Row> whole =
                        inSeriesAndTime(rows, newestFirst).stream()
                                .filter(row -> !left.contains(row.series()))
                                .toList();
                var kept = RoaringBitmap.andNot(request.series(), left);
                assertThat(whole)
                        .isEqualTo(
                                expected(
                                        opened,
                                        new ScanRequest(kept, TimeRange.ALL, FIELDS, newestFirst)));
            }
        }
    }

    /// As a query for the last value does: the newest block of each series, narrowed.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void narrowsABlockToItsNewestRow(boolean newestFirst) throws Exception {
        var random = new Random(6);
        try (Opened opened = open(6);
                BlockCursor cursor = cursor(opened, all(opened, newestFirst))) {
            int narrowed = 0;
            var seen = new RoaringBitmap();
            while (cursor.nextBlock()) {
                boolean isFirst = seen.checkedAdd(cursor.series());
                if (!isFirst && random.nextInt(3) > 0) {
                    continue;
                }
                long newest = cursor.maxTime();
                cursor.narrowToNewest();
                narrowed++;
                assertThat(cursor.rowCount()).isOne();
                assertThat(cursor.maxTime()).isEqualTo(newest);
                var series = Objects.requireNonNull(opened.model().get(cursor.series()));
                var row =
                        new Row(
                                cursor.series(),
                                newest,
                                Objects.requireNonNull(series.get(newest)));
                assertThat(decoded(cursor).rows()).containsExactly(row);
                if (newestFirst && isFirst) {
                    assertThat(newest).isEqualTo(series.lastKey());
                    if (random.nextBoolean()) {
                        cursor.skipSeries();
                    }
                }
            }
            assertThat(seen).isEqualTo(opened.scan().series().ids());
            assertThat(narrowed).isGreaterThanOrEqualTo(opened.model().size());
        }
    }

    @Test
    void staysAtItsEnd() throws Exception {
        try (Opened opened = open(7);
                BlockCursor cursor = cursor(opened, all(opened, false))) {
            assertThat(drained(cursor)).isNotEmpty();
            for (int i = 0; i < 3; i++) {
                assertThat(cursor.nextBlock()).isFalse();
            }
        }
    }

    @Test
    void hasNothingWhereNothingIsAskedFor() throws Exception {
        try (Opened opened = open(8)) {
            RoaringBitmap everyone = opened.scan().series().ids();
            for (ScanRequest request :
                    List.of(
                            new ScanRequest(new RoaringBitmap(), TimeRange.ALL, FIELDS, false),
                            new ScanRequest(everyone, new TimeRange(7, 7), FIELDS, false),
                            new ScanRequest(everyone, new TimeRange(1, 999), FIELDS, true),
                            new ScanRequest(
                                    everyone,
                                    new TimeRange(TIMES * 1_000L + 1, Long.MAX_VALUE),
                                    FIELDS,
                                    false))) {
                try (BlockCursor cursor = cursor(opened, request)) {
                    assertThat(cursor.nextBlock()).as(request.toString()).isFalse();
                }
            }
        }
    }

    /// Without a column there are still rows and times.
    @Test
    void needsNoColumn() throws Exception {
        try (Opened opened = open(9)) {
            var request =
                    new ScanRequest(opened.scan().series().ids(), TimeRange.ALL, List.of(), false);
            long rows = 0;
            try (BlockCursor cursor = cursor(opened, request)) {
                while (cursor.nextBlock()) {
                    cursor.times(times);
                    rows += cursor.rowCount();
                }
            }
            assertThat(rows).isEqualTo(expected(opened, request).size());
        }
    }

    /// Two of one scan, one begun before and read after the other; each closed twice, one in the
    /// middle of a block.
    @Test
    void isIndependentOfOthersAndMayBeClosedTwice() throws Exception {
        try (Opened opened = open(10)) {
            ScanRequest request = all(opened, false);
            BlockCursor first = cursor(opened, request);
            assertThat(first.nextBlock()).isTrue();
            Block begun = decoded(first);
            BlockCursor second = cursor(opened, request);
            assertThat(second.nextBlock()).isTrue();
            second.close();
            second.close();
            BlockCursor third = cursor(opened, request);
            List<Block> whole = drained(third);
            third.close();
            third.close();
            var rest = new ArrayList<>(List.of(begun));
            rest.addAll(drained(first));
            first.close();
            first.close();
            assertThat(inSeriesAndTime(whole, false)).isEqualTo(expected(opened, request));
            assertThat(inSeriesAndTime(rest, false)).isEqualTo(expected(opened, request));
            try (BlockCursor again = cursor(opened, request)) {
                assertThat(inSeriesAndTime(drained(again), false))
                        .isEqualTo(expected(opened, request));
            }
        }
    }
}
