package io.tsdb.query.rows;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.plan.SortKey;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The last of the first `limit` rows that are known so far: what certainly sorts behind it need
/// not be read. Numbers are compared by ranks, which compare as their key sorts.
public final class TopBound {
    /// Where values lie that have one sort key in common.
    public enum Side {
        /// All behind the bound.
        BEHIND,
        /// All equal to it: the next key decides.
        EQUAL,
        /// Or not known.
        OPEN
    }

    private final List<ColumnType> types;
    private final List<SortKey> keys;
    private final boolean[] isNull;
    private final long[] ranks;
    private final @Nullable String[] texts;
    private boolean isSet;

    TopBound(List<ColumnType> types, List<SortKey> keys) {
        this.types = types;
        this.keys = keys;
        this.isNull = new boolean[keys.size()];
        this.ranks = new long[keys.size()];
        this.texts = new String[keys.size()];
    }

    void set(RowStore rows, int row) {
        isSet = true;
        for (int i = 0; i < isNull.length; i++) {
            int column = keys.get(i).column();
            isNull[i] = !rows.isPresent(column, row);
            // an expression, so that a new type does not compile until it is here
            ranks[i] =
                    switch (types.get(column)) {
                        case TIMESTAMP, INT64, UINT64, BOOL -> rank(i, rows.longs(column)[row]);
                        case FLOAT64 -> rank(i, RowOrder.rank(rows.doubles(column)[row]));
                        case STRING -> {
                            texts[i] = rows.strings(column).get((int) rows.longs(column)[row]);
                            yield 0;
                        }
                    };
        }
    }

    /// Whether enough rows are known.
    public boolean isSet() {
        return isSet;
    }

    private long rank(int key, long ascending) {
        return keys.get(key).descending() ? ~ascending : ascending;
    }

    /// Values of a key that are all present and lie in a range, as longs that compare as they do.
    public Side side(int key, long min, long max) {
        if (isNull[key]) {
            return keys.get(key).nullsFirst() ? Side.BEHIND : Side.OPEN;
        }
        long first = Math.min(rank(key, min), rank(key, max));
        if (first > ranks[key]) {
            return Side.BEHIND;
        }
        return min == max && first == ranks[key] ? Side.EQUAL : Side.OPEN;
    }

    /// A key that has one text, or none, in all rows.
    public Side side(int key, @Nullable String text) {
        boolean nullsFirst = keys.get(key).nullsFirst();
        String bound = texts[key];
        if (isNull[key] || bound == null) {
            return text == null ? Side.EQUAL : nullsFirst ? Side.BEHIND : Side.OPEN;
        }
        if (text == null) {
            return nullsFirst ? Side.OPEN : Side.BEHIND;
        }
        int order = TextOrder.compare(text, bound);
        if (keys.get(key).descending()) {
            order = -order;
        }
        return order > 0 ? Side.BEHIND : order == 0 ? Side.EQUAL : Side.OPEN;
    }

    /// Rows `[0, count)` whose first key, a number, is not behind the bound, in order.
    ///
    /// @return how many there are
    public int select(ColumnVector first, int count, int[] selection) {
        SortKey key = keys.getFirst();
        boolean isDouble = first.type() == ColumnType.FLOAT64;
        int selected = 0;
        for (int row = 0; row < count; row++) {
            boolean comes;
            if (!first.isPresent(row)) {
                comes = isNull[0] || key.nullsFirst();
            } else if (isNull[0]) {
                comes = !key.nullsFirst();
            } else {
                long value = isDouble ? RowOrder.rank(first.doubles()[row]) : first.longs()[row];
                comes = rank(0, value) <= ranks[0];
            }
            selection[selected] = row;
            selected += comes ? 1 : 0;
        }
        return selected;
    }
}
