package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Puts together what the shards counted of one measurement: series are of one shard each, values
/// of a tag may be of several, and are told apart by 64-bit hashes.
final class CardinalityCount {
    private final QueryControl control;
    private final MemoryAccount memory;
    private final SortedMap<String, RowStore> hashes = new TreeMap<>();
    private long series;

    /// @param memory that hashes are reserved at
    CardinalityCount(QueryControl control, MemoryAccount memory) {
        this.control = control;
        this.memory = memory;
    }

    void addAll(PartialResults results) {
        var column = new ColumnVector[1];
        for (@Nullable ColumnBatch batch = results.next(); batch != null; batch = results.next()) {
            control.check();
            // a batch is of one tag
            String tag = batch.column(0).string(0);
            if (tag.isEmpty()) {
                series += batch.column(1).longs()[0];
            } else {
                column[0] = batch.column(1);
                hashes.computeIfAbsent(tag, _ -> new RowStore(List.of(ColumnType.INT64), memory))
                        .append(column, 0, batch.rowCount());
            }
        }
    }

    long series() {
        return series;
    }

    /// How many different values each tag has.
    SortedMap<String, Long> values() {
        var counts = new TreeMap<String, Long>();
        hashes.forEach((tag, of) -> counts.put(tag, distinct(of)));
        return counts;
    }

    /// Sorts the hashes where they are.
    private static long distinct(RowStore of) {
        long[] all = of.longs(0);
        Arrays.sort(all, 0, of.size());
        long count = 0;
        for (int i = 0; i < of.size(); i++) {
            if (i == 0 || all[i] != all[i - 1]) {
                count++;
            }
        }
        return count;
    }
}
