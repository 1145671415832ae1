package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Adds up how many series the values of a tag have at the shards, and finds those with the most.
/// Values are told apart by 64-bit hashes; of equals any are left out. One thread.
final class TopValues {
    /// Shards send the texts of so many values each: more than are asked for, since one with few
    /// series here may have many elsewhere.
    private static final int TEXTS_MIN = 1_000;

    private static final int TEXT_BYTES = 128;
    private static final int FOUND_BYTES = 64;

    /// @param series that have the value
    record Top(String value, long series) {}

    private record Found(long series, @Nullable String text) {}

    private final QueryControl control;
    private final MemoryAccount memory;
    private final Map<Long, String> texts = new HashMap<>();
    private long[] hashes = {};
    private long[] counts = {};
    private int size;

    private TopValues(QueryControl control, MemoryAccount memory) {
        this.control = control;
        this.memory = memory;
    }

    /// @param first so many
    /// @param memory that hashes and texts are reserved at
    /// @return the values with the most series, the most first, of equals in the order of their
    ///   texts
    static List<Top> of(
            MeasurementSchema measurement,
            String tag,
            int first,
            FragmentRunner runner,
            QueryControl control,
            MemoryAccount memory) {
        int asked = Math.max(TEXTS_MIN, first);
        while (true) {
            var fragment =
                    new Fragment.ValueCounts(
                            measurement.database(), measurement.name(), tag, asked);
            var found = new TopValues(control, memory);
            try (PartialResults results = runner.run(fragment, control)) {
                found.addAll(results);
            }
            var top = new ArrayList<Top>();
            for (Found each : found.most(first)) {
                String text = each.text();
                if (text != null) {
                    top.add(new Top(text, each.series()));
                }
            }
            if (top.size() == Math.min(first, found.size) || asked == Integer.MAX_VALUE) {
                top.sort(
                        Comparator.comparingLong(Top::series)
                                .reversed()
                                .thenComparing(Top::value, TextOrder::compare));
                return top;
            }
            asked = Integer.MAX_VALUE; // a value is among the most here, and at no shard
            memory.releaseAll();
        }
    }

    private void addAll(PartialResults results) {
        for (@Nullable ColumnBatch batch = results.next(); batch != null; batch = results.next()) {
            control.check();
            long[] batchHashes = batch.column(1).longs();
            long[] series = batch.column(2).longs();
            for (int row = 0; row < batch.rowCount(); row++) {
                add(batchHashes[row], series[row]);
                String text = batch.column(0).string(row);
                if (!text.isEmpty() && texts.put(batchHashes[row], text) == null) {
                    memory.reserve(TEXT_BYTES + 2L * text.length());
                }
            }
        }
    }

    private void add(long hash, long series) {
        if (2 * size >= hashes.length) {
            grow();
        }
        int slot = slot(hash);
        if (counts[slot] == 0) {
            hashes[slot] = hash;
            size++;
        }
        counts[slot] += series;
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) hash & mask;
        while (counts[slot] != 0 && hashes[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldCounts = counts;
        int capacity = Math.max(1024, 2 * oldHashes.length);
        memory.reserve(2L * Long.BYTES * (capacity - oldHashes.length));
        hashes = new long[capacity];
        counts = new long[capacity];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                counts[slot] = oldCounts[i];
            }
        }
    }

    /// Those with the most series; of equals the ones whose text is known.
    private Iterable<Found> most(int first) {
        memory.reserve((long) FOUND_BYTES * Math.min(first, size));
        var most =
                new PriorityQueue<Found>(
                        Comparator.comparingLong(Found::series)
                                .thenComparing(each -> each.text() != null));
        for (int i = 0; i < hashes.length && first > 0; i++) {
            if (counts[i] == 0) {
                continue;
            }
            Found last = most.size() < first ? null : most.element();
            if (last == null
                    || counts[i] > last.series()
                    || counts[i] == last.series()
                            && last.text() == null
                            && texts.containsKey(hashes[i])) {
                if (last != null) {
                    most.remove();
                }
                most.add(new Found(counts[i], texts.get(hashes[i])));
            }
        }
        return most;
    }
}
