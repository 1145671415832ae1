package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnVector;

/// Counting of present rows.
final class PresenceBits {
    private PresenceBits() {}

    /// Rows of `[from, to)` that have a value.
    static int count(ColumnVector values, int from, int to) {
        if (values.allPresent()) {
            return to - from;
        }
        if (from >= to) {
            return 0;
        }
        long[] presence = values.presence();
        int first = from >>> 6;
        int last = to - 1 >>> 6;
        long firstMask = -1L << from;
        long lastMask = -1L >>> -to;
        if (first == last) {
            return Long.bitCount(presence[first] & firstMask & lastMask);
        }
        int count = Long.bitCount(presence[first] & firstMask);
        for (int word = first + 1; word < last; word++) {
            count += Long.bitCount(presence[word]);
        }
        return count + Long.bitCount(presence[last] & lastMask);
    }
}
