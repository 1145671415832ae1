package io.tsdb.query.rows;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.plan.SortKey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Order of stored rows by sort keys. Every key becomes longs that compare as the key does, so the
/// sort itself knows no types. Rows that compare equal keep their order.
public final class RowOrder {
    /// Stretches that are sorted without a look are that much shorter than steps of merging: they
    /// take as many comparisons for each row as they have halvings.
    private static final int LOOKS_PER_STEPS = 8;

    private final long[][] ranks;

    private RowOrder(long[][] ranks) {
        this.ranks = ranks;
    }

    /// What decides between two numbers.
    private interface After {
        boolean isAfter(int a, int b);
    }

    /// Row numbers in the order of the keys.
    ///
    /// @param scratch that the ranks are reserved at; the caller gives them back
    public static int[] sorted(RowStore rows, List<SortKey> keys, MemoryAccount scratch) {
        // the numbers twice, and per key the ranks and those of nulls
        scratch.reserve((8L + 16L * keys.size()) * rows.size());
        var ranks = new ArrayList<long[]>();
        for (SortKey key : keys) {
            addRanks(rows, key, ranks, scratch);
        }
        int[] order = new int[rows.size()];
        Arrays.setAll(order, i -> i);
        var all = new RowOrder(ranks.toArray(long[][]::new));
        sort(order, new int[order.length], 0, order.length, all::isAfter, scratch);
        return order;
    }

    private static void addRanks(
            RowStore rows, SortKey key, List<long[]> ranks, MemoryAccount scratch) {
        int size = rows.size();
        var nulls = new long[size];
        boolean anyNull = false;
        long nullRank = key.nullsFirst() ? -1 : 1;
        long[] values = values(rows, key.column(), scratch);
        for (int row = 0; row < size; row++) {
            if (!rows.isPresent(key.column(), row)) {
                nulls[row] = nullRank;
                values[row] = 0;
                anyNull = true;
            } else if (key.descending()) {
                values[row] = ~values[row];
            }
        }
        if (anyNull) {
            ranks.add(nulls);
        }
        ranks.add(values);
    }

    private static long[] values(RowStore rows, int column, MemoryAccount scratch) {
        return switch (rows.types().get(column)) {
            case TIMESTAMP, INT64, UINT64, BOOL -> Arrays.copyOf(rows.longs(column), rows.size());
            case FLOAT64 -> {
                var values = new long[rows.size()];
                for (int row = 0; row < values.length; row++) {
                    values[row] = rank(rows.doubles(column)[row]);
                }
                yield values;
            }
            case STRING -> {
                int[] rankOf = ranks(rows.strings(column), scratch);
                var values = new long[rows.size()];
                for (int row = 0; row < values.length; row++) {
                    values[row] = rankOf[(int) rows.longs(column)[row]];
                }
                yield values;
            }
        };
    }

    /// A long that compares as the double does, NaN above all, both zeros alike.
    public static long rank(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits ^ (bits >> 63 & Long.MAX_VALUE);
    }

    private static int[] ranks(StringDictionary strings, MemoryAccount scratch) {
        int size = strings.size();
        scratch.reserve(3L * size * Integer.BYTES);
        var sorted = new int[size];
        Arrays.setAll(sorted, i -> i);
        sort(
                sorted,
                new int[size],
                0,
                size,
                (a, b) -> TextOrder.compare(strings.get(a), strings.get(b)) > 0,
                scratch);
        var ranks = new int[size];
        for (int i = 0; i < size; i++) {
            ranks[sorted[i]] = i;
        }
        return ranks;
    }

    private boolean isAfter(int a, int b) {
        for (long[] rank : ranks) {
            if (rank[a] != rank[b]) {
                return rank[a] > rank[b];
            }
        }
        return false;
    }

    /// Merge sort of `order[from, to)`; stretches that are in order already are left alone.
    ///
    /// @param memory that looks, as the work grows, whether the query was stopped
    private static void sort(
            int[] order, int[] scratch, int from, int to, After after, MemoryAccount memory) {
        if (to - from <= 8) {
            insertionSort(order, from, to, after);
            return;
        }
        int middle = from + to >>> 1;
        sort(order, scratch, from, middle, after, memory);
        sort(order, scratch, middle, to, after, memory);
        if (to - from > MemoryAccount.LOOK_STEPS / LOOKS_PER_STEPS) {
            memory.look();
        }
        if (!after.isAfter(order[middle - 1], order[middle])) {
            return;
        }
        System.arraycopy(order, from, scratch, from, middle - from);
        int left = from;
        int right = middle;
        int at = from;
        while (left < middle && right < to) {
            int stop = Math.min(to, at + MemoryAccount.LOOK_STEPS);
            while (left < middle && right < to && at < stop) {
                order[at++] =
                        after.isAfter(scratch[left], order[right])
                                ? order[right++]
                                : scratch[left++];
            }
            if (at == stop) {
                memory.look();
            }
        }
        System.arraycopy(scratch, left, order, at, middle - left);
    }

    private static void insertionSort(int[] order, int from, int to, After after) {
        for (int i = from + 1; i < to; i++) {
            int row = order[i];
            int at = i;
            while (at > from && after.isAfter(order[at - 1], row)) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = row;
        }
    }
}
