package io.tsdb.storage.parquet;

import java.util.Arrays;

/// Distinct 64-bit values of a column, numbered in ascending order once all are known. One thread.
final class LongDictionary {
    private static final int ABSENT = -1;

    private final int entriesMax;
    private long[] values = new long[64];
    private int size;
    private int[] slots;
    private int mask;

    LongDictionary(int entriesMax) {
        this.entriesMax = entriesMax;
        slots = new int[256];
        mask = slots.length - 1;
        Arrays.fill(slots, ABSENT);
    }

    int size() {
        return size;
    }

    long value(int id) {
        return values[id];
    }

    /// @return false when there would be more entries than allowed
    boolean addAll(long[] source, int count) {
        for (int i = 0; i < count; i++) {
            if (!add(source[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean add(long value) {
        int slot = slotOf(value);
        if (slots[slot] != ABSENT) {
            return true;
        }
        if (size == entriesMax) {
            return false;
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size] = value;
        slots[slot] = size++;
        if (2 * size > slots.length) {
            rehash(2 * slots.length);
        }
        return true;
    }

    /// Numbers the entries in ascending order: neighbouring values get neighbouring ids, whose
    /// upper bits then repeat.
    ///
    /// @param floating whether the values are IEEE bits
    void sort(boolean floating) {
        if (floating) {
            for (int i = 0; i < size; i++) {
                values[i] = ordered(values[i]);
            }
        }
        Arrays.sort(values, 0, size);
        if (floating) {
            for (int i = 0; i < size; i++) {
                values[i] = ordered(values[i]);
            }
        }
        rehash(slots.length);
    }

    void idsOf(long[] source, int count, int[] target) {
        for (int i = 0; i < count; i++) {
            target[i] = slots[slotOf(source[i])];
        }
    }

    /// IEEE bits to integers of the same order, and back.
    private static long ordered(long bits) {
        return bits ^ (bits >> 63 & Long.MAX_VALUE);
    }

    private int slotOf(long value) {
        long hash = value * 0x9E3779B97F4A7C15L;
        int slot = (int) (hash >>> 40) & mask;
        while (slots[slot] != ABSENT && values[slots[slot]] != value) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void rehash(int capacity) {
        slots = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(slots, ABSENT);
        for (int id = 0; id < size; id++) {
            slots[slotOf(values[id])] = id;
        }
    }
}
