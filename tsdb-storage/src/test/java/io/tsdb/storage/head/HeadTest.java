package io.tsdb.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.Retention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/// One series of a head against a map, with rows in time, late, very late and again, with all of
/// their fields or some, and scans that begin and are read at any later time.
class HeadTest {
    private static final int LOAD = 0;
    private static final int STATE = 1;
    private static final int RATIO = 2;

    private final Catalog catalog = new Catalog();
    private final MeasurementSchema schema;
    private final RowArrays arrays = new RowArrays(1 << 20);
    private final Head head = new Head(arrays, new ChangedSeries());

    /// By time, by field.
    private final TreeMap<Long, TreeMap<Integer, Object>> model = new TreeMap<>();

    HeadTest() {
        List<CatalogState.Field> fields =
                List.of(
                        new CatalogState.Field("load", FieldType.INT64),
                        new CatalogState.Field("state", FieldType.STRING),
                        new CatalogState.Field("ratio", FieldType.FLOAT64));
        var motors =
                new CatalogState.Measurement(1, "motors", Retention.INHERITED, List.of(), fields);
        catalog.restore(
                new CatalogState(
                        1,
                        2,
                        List.of(
                                new CatalogState.Database(
                                        1, "plant", Retention.INHERITED, 2, List.of(motors)))));
        schema = Objects.requireNonNull(catalog.measurement(1, 1));
    }

    private record Scan(
            long reader, SeriesRows rows, TreeMap<Long, TreeMap<Integer, Object>> expected) {}

    private Scan scan(TreeMap<Long, TreeMap<Integer, Object>> expected) {
        long reader = arrays.begin();
        long snapshot = head.beginSnapshot();
        var rows = new HeadRows(1);
        head.capture(0, snapshot, rows, 0);
        head.forget(head.endSnapshot(snapshot));
        return new Scan(reader, Objects.requireNonNull(rows.at(0)), expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void keepsWhatScansHoldAndReadsWhatWasWritten(int kind) {
        boolean sparse = (kind & 1) != 0;
        boolean manyAgain = (kind & 2) != 0;
        var random = new Random(41 + kind);
        var scans = new ArrayList<Scan>();
        long now = 0;
        for (int batch = 0; batch < 250; batch++) {
            var rows = batch();
            int rowCount = 1 + random.nextInt(60);
            for (int i = 0; i < rowCount; i++) {
                int choice = random.nextInt(100);
                long time;
                if (choice < (manyAgain ? 20 : 85)) {
                    time = now += 10;
                } else if (choice < 97) {
                    time = Math.max(0, now - 10L * random.nextInt(100) + random.nextInt(2));
                } else {
                    time = Math.max(0, now - 10L * random.nextInt(3000));
                }
                write(rows, time, random, sparse);
            }
            head.apply(schema, rows, new int[0]);
            if (random.nextInt(3) == 0) {
                scans.add(scan(copy(model)));
            }
            if (random.nextInt(4) == 0 && !scans.isEmpty()) {
                check(scans.remove(random.nextInt(scans.size())));
            }
        }
        scans.forEach(this::check);
        check(scan(model));
    }

    /// Two scans take their series while it is written: one that began before its first row, and
    /// one between its first and its second.
    @Test
    void aSeriesThatComesWhileAScanIsCaughtIsNotInIt() {
        long before = head.beginSnapshot();
        writeOne(10);
        long between = head.beginSnapshot();
        writeOne(20);
        var rows = new HeadRows(2);
        head.capture(0, before, rows, 0);
        head.capture(0, between, rows, 1);
        assertThat(rows.holds(0)).isFalse();
        SeriesRows found = Objects.requireNonNull(rows.at(1));
        assertThat(Objects.requireNonNull(found.open()).count()).isEqualTo(1);
        head.forget(head.endSnapshot(before));
        head.forget(head.endSnapshot(between));
        writeOne(30);
        check(scan(model));
    }

    /// A thousand devices that report at one rate, as they do when all were started together: not
    /// all of their buffers are full in the same moment, and whoever writes then need not wait for
    /// a thousand blocks. (It was so: each 1,024th row of the fleet took a hundred times as long.)
    @Test
    void seriesThatFillAtOneRateAreSealedOneAfterAnother() {
        int fleet = 1000;
        int rounds = 5000;
        int sealedBefore = 0;
        for (int round = 0; round < rounds; round++) {
            var rows = batch();
            for (int series = 0; series < fleet; series++) {
                int row = rows.addRow(series, round);
                rows.column("load", FieldType.INT64).put(row, round);
            }
            number(rows);
            head.apply(schema, rows, new int[0]);
            int sealed = sealedBlocks(fleet);
            assertThat(sealed - sealedBefore).as("round %d", round).isLessThan(fleet / 100);
            sealedBefore = sealed;
        }
        // and but for the first one they are full
        int most = rounds / BlockCursor.ROWS_MAX + 1;
        assertThat(sealedBefore).isBetween(fleet * (most - 1), fleet * most);
    }

    private int sealedBlocks(int fleet) {
        var caught = new HeadRows(fleet);
        long snapshot = head.beginSnapshot();
        int blocks = 0;
        for (int series = 0; series < fleet; series++) {
            head.capture(series, snapshot, caught, series);
            blocks += Objects.requireNonNull(caught.at(series)).sealedCount();
        }
        head.forget(head.endSnapshot(snapshot));
        return blocks;
    }

    private void writeOne(long time) {
        var rows = batch();
        int row = rows.addRow(0, time);
        rows.column("load", FieldType.INT64).put(row, time);
        number(rows);
        head.apply(schema, rows, new int[0]);
        model.put(time, new TreeMap<>(Map.of(LOAD, time)));
    }

    @Test
    void aRowThatIsWrittenAgainAndAgainStaysOneWhileScansLook() {
        for (int i = 0; i < 10_000; i++) {
            var rows = batch();
            int row = rows.addRow(0, 5);
            rows.column("load", FieldType.INT64).put(row, i);
            number(rows);
            head.apply(schema, rows, new int[0]);
            model.put(5L, new TreeMap<>(Map.of(LOAD, (long) i)));
            check(scan(model));
        }
        assertThat(scan(model).rows().sealedCount()).isZero();
    }

    /// Where a block ends does not depend on who reads meanwhile: replicas write the same parts,
    /// whichever of them is asked.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void sealsTheSameBlocksWhoeverLooks(int seed) {
        var random = new Random(seed);
        var other = new Head(new RowArrays(1 << 20), new ChangedSeries());
        long newest = 0;
        for (int i = 0; i < 20_000; i++) {
            // in time, again, a little late, or field by field
            long time =
                    random.nextInt(3) > 0 ? ++newest : Math.max(1, newest - random.nextInt(9) / 4);
            var rows = batch();
            int row = rows.addRow(0, time);
            if (random.nextInt(seed) == 0) {
                rows.column("load", FieldType.INT64).put(row, i);
            } else {
                rows.column("ratio", FieldType.FLOAT64).put(row, Double.doubleToRawLongBits(i));
            }
            number(rows);
            head.apply(schema, rows, new int[0]);
            other.apply(schema, rows, new int[0]);
            if (random.nextInt(5) == 0) {
                arrays.end(scan(model).reader());
            }
        }
        assertThat(sealed(head)).isEqualTo(sealed(other)).hasSizeGreaterThan(5);
    }

    private static List<List<Long>> sealed(Head of) {
        var caught = new HeadRows(1);
        of.capture(0, caught, 0);
        SeriesRows rows = Objects.requireNonNull(caught.at(0));
        var blocks = new ArrayList<List<Long>>();
        for (int i = 0; i < rows.sealedCount(); i++) {
            Block block = rows.sealed()[i];
            blocks.add(List.of((long) block.pointCount(), block.minTime(), block.maxTime()));
        }
        return blocks;
    }

    private static MeasurementRows batch() {
        return new PointBatch("plant").rows("motors");
    }

    private void number(MeasurementRows rows) {
        rows.number(1);
        for (FieldColumn column : rows.columns()) {
            column.number(schema.field(column.name()).orElseThrow().index());
        }
    }

    private void write(MeasurementRows rows, long time, Random random, boolean sparse) {
        int row = rows.addRow(0, time);
        var written = model.computeIfAbsent(time, _ -> new TreeMap<>());
        int has = sparse ? 1 + random.nextInt(7) : 5;
        if ((has & 1) != 0) {
            long load = random.nextInt(1000);
            rows.column("load", FieldType.INT64).put(row, load);
            written.put(LOAD, load);
        }
        if ((has & 2) != 0) {
            String state = "state " + random.nextInt(9);
            byte[] bytes = state.getBytes(UTF_8);
            rows.column("state", FieldType.STRING).putString(row, bytes, 0, bytes.length);
            written.put(STATE, state);
        }
        if ((has & 4) != 0) {
            double ratio = random.nextInt(1000) / 10.0;
            rows.column("ratio", FieldType.FLOAT64)
                    .putDouble(row, Double.doubleToRawLongBits(ratio), 1);
            written.put(RATIO, ratio);
        }
        number(rows);
    }

    private static TreeMap<Long, TreeMap<Integer, Object>> copy(
            TreeMap<Long, TreeMap<Integer, Object>> rows) {
        var copied = new TreeMap<Long, TreeMap<Integer, Object>>();
        rows.forEach((time, row) -> copied.put(time, new TreeMap<>(row)));
        return copied;
    }

    private void check(Scan scan) {
        var read = new TreeMap<Long, TreeMap<Integer, Object>>();
        for (int i = 0; i < scan.rows().sealedCount(); i++) {
            read(scan.rows().sealed()[i], read);
        }
        OpenRows open = scan.rows().open();
        if (open != null) {
            read(new Sealer().seal(open), read);
        }
        assertThat(read).isEqualTo(scan.expected());
        arrays.end(scan.reader());
    }

    private static void read(Block block, TreeMap<Long, TreeMap<Integer, Object>> target) {
        long[] times = new long[BlockCursor.ROWS_MAX];
        long[] longs = new long[BlockCursor.ROWS_MAX];
        int[] ids = new int[BlockCursor.ROWS_MAX];
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        block.decodeTimes(times);
        for (int column = 0; column < block.columnCount(); column++) {
            FieldType type = block.type(column);
            Presence present =
                    type == FieldType.STRING
                            ? block.decodeStringIds(column, ids, presence)
                            : block.decodeLongs(column, longs, presence);
            for (int row = 0; row < block.pointCount(); row++) {
                if (present == Presence.NONE
                        || present == Presence.SOME && (presence[row >> 6] >>> row & 1) == 0) {
                    continue;
                }
                Object value =
                        switch (type) {
                            case STRING -> block.dictionary(column)[ids[row]];
                            case FLOAT64 -> Double.longBitsToDouble(longs[row]);
                            case INT64, UINT64, BOOL -> longs[row];
                        };
                target.computeIfAbsent(times[row], _ -> new TreeMap<>())
                        .put(block.fieldIndex(column), value);
            }
        }
    }
}
