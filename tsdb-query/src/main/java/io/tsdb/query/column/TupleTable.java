package io.tsdb.query.column;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.Arrays;

/// Distinct tuples of longs with dense numbers (slots) in order of their first appearance: open
/// addressing, load at most one half. One thread.
public final class TupleTable {
    private final int width;
    private final MemoryAccount memory;
    private long[] tuples;
    private int size;
    private int[] table = new int[64];

    /// @param width longs of a tuple, 0 allowed: then there is one tuple
    public TupleTable(int width, MemoryAccount memory) {
        this.width = width;
        this.memory = memory;
        memory.reserve(64L * width * Long.BYTES + 64 * Integer.BYTES);
        this.tuples = new long[64 * width];
    }

    public int size() {
        return size;
    }

    public int width() {
        return width;
    }

    /// Tuples one after the other, [#width] longs each; valid until the next [#slot].
    public long[] tuples() {
        return tuples;
    }

    /// The slot of `tuple[from, from + width)`, added when it is new.
    public int slot(long[] tuple, int from) {
        int mask = table.length - 1;
        int at = hash(tuple, from) & mask;
        while (true) {
            int entry = table[at];
            if (entry == 0) {
                return add(tuple, from, at);
            }
            if (isTuple(entry - 1, tuple, from)) {
                return entry - 1;
            }
            at = at + 1 & mask;
        }
    }

    /// The slot of `tuple[from, from + width)`, or -1 when there is none.
    public int find(long[] tuple, int from) {
        int mask = table.length - 1;
        int at = hash(tuple, from) & mask;
        while (true) {
            int entry = table[at];
            if (entry == 0 || isTuple(entry - 1, tuple, from)) {
                return entry - 1;
            }
            at = at + 1 & mask;
        }
    }

    private boolean isTuple(int slot, long[] tuple, int from) {
        int at = slot * width;
        for (int i = 0; i < width; i++) {
            if (tuples[at + i] != tuple[from + i]) {
                return false;
            }
        }
        return true;
    }

    private int hash(long[] tuple, int from) {
        long hash = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < width; i++) {
            hash = (hash ^ tuple[from + i]) * 0xD6E8FEB86659FD93L;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ hash >>> 29);
    }

    private int add(long[] tuple, int from, int at) {
        int slot = size;
        if ((size + 1L) * width > tuples.length) {
            grow();
        }
        size++;
        System.arraycopy(tuple, from, tuples, slot * width, width);
        table[at] = slot + 1;
        if (2 * size > table.length) {
            rehash();
        }
        return slot;
    }

    /// One and a half times as much room, so that a table just grown is not mostly empty.
    private void grow() {
        long longs = Math.max(16, (size + 1L) * width * 3 / 2);
        if (longs > Integer.MAX_VALUE - 8) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "a query holds at most " + (Integer.MAX_VALUE - 8) / width + " groups");
        }
        long before = (long) tuples.length * Long.BYTES;
        memory.reserve(longs * Long.BYTES);
        tuples = Arrays.copyOf(tuples, (int) longs);
        memory.release(before);
    }

    private void rehash() {
        long before = (long) table.length * Integer.BYTES;
        memory.reserve(2 * before);
        table = new int[2 * table.length];
        memory.release(before);
        int mask = table.length - 1;
        for (int slot = 0; slot < size; slot++) {
            int at = hash(tuples, slot * width) & mask;
            while (table[at] != 0) {
                at = at + 1 & mask;
            }
            table[at] = slot + 1;
            if (slot % MemoryAccount.LOOK_STEPS == MemoryAccount.LOOK_STEPS - 1) {
                memory.look();
            }
        }
    }
}
