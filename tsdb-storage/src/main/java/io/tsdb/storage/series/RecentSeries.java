package io.tsdb.storage.series;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Fingerprints of the series that the dictionary does not hold yet: hash to candidate ids, which
/// the caller compares with the key. One thread adds, any thread looks.
///
/// An entry is `upper half of the hash << 32 | id + 1`; open addressing by the lower half, never
/// more than half full, nothing is removed (a smaller table takes its place).
final class RecentSeries {
    private static final VarHandle ENTRIES = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long TAG_MASK = 0xFFFF_FFFF_0000_0000L;

    private volatile long[] table;
    private int size;

    RecentSeries(int capacity) {
        table = new long[Integer.highestOneBit(Math.max(64, capacity)) << 2];
    }

    int size() {
        return size;
    }

    void add(long hash, int id) {
        if ((size + 1) * 2L > table.length) {
            throw new IllegalStateException("BUG: table of " + table.length + " is full");
        }
        put(table, hash, id);
        size++;
    }

    /// Whether [#add] has room; else the owner builds a larger table.
    boolean hasRoom() {
        return (size + 1) * 2L <= table.length;
    }

    /// Where to begin looking for a hash.
    static int start(long hash) {
        return (int) hash;
    }

    /// The next candidate from a position on.
    ///
    /// @param position from [#start], then the position this call returned in its upper half
    /// @return `position << 32 | id`, or -1 when there is no further one
    long next(int position, long hash) {
        long[] entries = table;
        int mask = entries.length - 1;
        for (int at = position & mask; ; at = (at + 1) & mask) {
            long entry = (long) ENTRIES.getAcquire(entries, at);
            if (entry == 0) {
                return -1;
            }
            if (((entry ^ hash) & TAG_MASK) == 0) {
                return (long) ((at + 1) & mask) << 32 | (entry & ~TAG_MASK) - 1;
            }
        }
    }

    private static void put(long[] entries, long hash, int id) {
        int mask = entries.length - 1;
        int at = (int) hash & mask;
        while (entries[at] != 0) {
            at = (at + 1) & mask;
        }
        ENTRIES.setRelease(entries, at, (hash & TAG_MASK) | (id + 1));
    }
}
