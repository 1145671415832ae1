package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.LatestRows;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.Presence;

import org.roaringbitmap.RoaringBitmap;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;

/// Compares a shard's table of newest rows with the rows that cursors gave.
final class LatestCheck {
    private LatestCheck() {}

    /// The table is there; of each series it has the last row, or says that it does not know.
    ///
    /// @param rowsOf all rows of the scan in the range
    /// @param random chooses series and fields
    static void check(
            MeasurementScan scan,
            Map<String, FieldType> types,
            TimeRange range,
            Map<SeriesKey, SortedMap<Long, Map<String, Object>>> rowsOf,
            Random random) {
        List<String> fields = new ArrayList<>(types.keySet());
        fields.removeIf(_ -> random.nextInt(5) == 0); // the table has those asked for before, too
        var asked = new RoaringBitmap();
        scan.series()
                .ids()
                .forEach(
                        (int id) -> {
                            if (random.nextInt(8) > 0) {
                                asked.add(id);
                            }
                        });
        var expected = new HashMap<SeriesKey, Map<String, Object>>();
        var found = new HashMap<SeriesKey, Map<String, Object>>();
        try (LatestRows rows = scan.latest(asked, range, fields).orElseThrow()) {
            for (int count = rows.next(); count > 0; count = rows.next()) {
                read(rows, count, scan, fields, types, found);
            }
            asked.forEach(
                    (int id) -> {
                        SeriesKey key = scan.series().key(id);
                        SortedMap<Long, Map<String, Object>> all = rowsOf.get(key);
                        if (all != null && !rows.others().contains(id)) {
                            var row = new HashMap<>(all.lastEntry().getValue());
                            row.keySet().retainAll(fields);
                            row.put("time", all.lastEntry().getKey());
                            expected.put(key, row);
                        }
                    });
            assertThat(found).isEqualTo(expected);
            if (range.equals(TimeRange.ALL)) {
                assertThat(rows.others().isEmpty()).isTrue();
            }
        }
    }

    private static void read(
            LatestRows rows,
            int count,
            MeasurementScan scan,
            List<String> fields,
            Map<String, FieldType> types,
            Map<SeriesKey, Map<String, Object>> target) {
        for (int row = 0; row < count; row++) {
            var values = new HashMap<String, Object>();
            values.put("time", rows.times()[row]);
            target.put(scan.series().key(rows.series()[row]), values);
        }
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        long[] longs = new long[BlockCursor.ROWS_MAX];
        double[] doubles = new double[BlockCursor.ROWS_MAX];
        int[] ids = new int[BlockCursor.ROWS_MAX];
        for (int column = 0; column < fields.size(); column++) {
            FieldType type = Objects.requireNonNull(types.get(fields.get(column)));
            Presence present =
                    switch (type) {
                        case INT64, UINT64, BOOL -> rows.longs(column, longs, presence);
                        case FLOAT64 -> rows.doubles(column, doubles, presence);
                        case STRING -> rows.stringIds(column, ids, presence);
                    };
            String[] texts = rows.dictionary(column);
            for (int row = 0; row < count; row++) {
                if (present == Presence.ALL
                        || present == Presence.SOME && (presence[row >>> 6] >>> row & 1) != 0) {
                    Object value =
                            switch (type) {
                                case INT64 -> longs[row];
                                case UINT64 -> new BigInteger(Uint64.toText(longs[row]));
                                case BOOL -> longs[row] == 1;
                                case FLOAT64 -> doubles[row];
                                case STRING -> texts[ids[row]];
                            };
                    target.computeIfAbsent(
                                    scan.series().key(rows.series()[row]), _ -> new HashMap<>())
                            .put(fields.get(column), value);
                }
            }
        }
    }
}
