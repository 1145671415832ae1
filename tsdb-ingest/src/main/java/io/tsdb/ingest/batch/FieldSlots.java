package io.tsdb.ingest.batch;

import org.jspecify.annotations.Nullable;

/// Fields of a measurement by the bytes of their spelling. One thread.
final class FieldSlots {
    /// Spellings that are kept; a field has one in practice, but a client is free to vary escapes.
    private static final int COUNT_MAX = 1 << 14;

    private @Nullable FieldSlot[] table = new FieldSlot[16];
    private int count;

    static int hash(byte[] source, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + source[i];
        }
        return hash ^ hash >>> 15;
    }

    /// @param from raw name and the `=` behind it
    @Nullable FieldSlot find(byte[] source, int from, int to) {
        int mask = table.length - 1;
        int at = hash(source, from, to) & mask;
        while (true) {
            FieldSlot slot = table[at];
            if (slot == null || slot.isSpelled(source, from, to)) {
                return slot;
            }
            at = at + 1 & mask;
        }
    }

    /// Adds a slot whose spelling is not there yet, unless there are too many.
    void add(FieldSlot slot) {
        if (count == COUNT_MAX) {
            return;
        }
        if (2 * count >= table.length) {
            @Nullable FieldSlot[] old = table;
            table = new FieldSlot[2 * old.length];
            for (@Nullable FieldSlot kept : old) {
                if (kept != null) {
                    insert(kept);
                }
            }
        }
        insert(slot);
        count++;
    }

    private void insert(FieldSlot slot) {
        int mask = table.length - 1;
        int at = slot.spellingHash() & mask;
        while (table[at] != null) {
            at = at + 1 & mask;
        }
        table[at] = slot;
    }
}
