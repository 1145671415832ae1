package io.tsdb.storage.shard;

import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.scan.ScanRequest;

import java.util.ArrayList;
import java.util.List;

/// Reads columns of a scan in tests, in their plainest form.
final class ScanRows {
    private ScanRows() {}

    /// Values of an integer field in every row that has it, by series and time.
    static List<Long> values(MeasurementScan scan, String field) {
        var found = new ArrayList<Long>();
        long[] values = new long[BlockCursor.ROWS_MAX];
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        var request = new ScanRequest(scan.series().ids(), TimeRange.ALL, List.of(field), false);
        try (BlockCursor cursor = scan.blocks(request)) {
            while (cursor.nextBlock()) {
                Presence present = cursor.longs(0, values, presence);
                for (int row = 0; row < cursor.rowCount(); row++) {
                    if (present == Presence.ALL
                            || present == Presence.SOME && (presence[row >>> 6] >>> row & 1) != 0) {
                        found.add(values[row]);
                    }
                }
            }
        }
        return found;
    }
}
