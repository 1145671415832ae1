package io.tsdb.storage.parquet;

import java.util.Arrays;

/// Distinct texts of a column, numbered as they come; their bytes lie in one heap. One thread.
public final class TextDictionary {
    private static final int ABSENT = -1;

    private byte[] heap = new byte[1024];
    private int[] starts = new int[65];
    private int size;
    private int[] slots = new int[128];

    TextDictionary() {
        Arrays.fill(slots, ABSENT);
    }

    public int size() {
        return size;
    }

    int heapSize() {
        return starts[size];
    }

    byte[] heap() {
        return heap;
    }

    int start(int id) {
        return starts[id];
    }

    int length(int id) {
        return starts[id + 1] - starts[id];
    }

    /// A copy of a text's bytes.
    public byte[] bytes(int id) {
        return Arrays.copyOfRange(heap, starts[id], starts[id + 1]);
    }

    /// Compares two texts by their bytes, unsigned.
    int compare(int a, int b) {
        return Arrays.compareUnsigned(
                heap, starts[a], starts[a + 1], heap, starts[b], starts[b + 1]);
    }

    /// @return the text's id, new when it is
    int add(byte[] source, int from, int length) {
        int mask = slots.length - 1;
        int slot = hash(source, from, length) & mask;
        while (slots[slot] != ABSENT) {
            int id = slots[slot];
            if (Arrays.equals(heap, starts[id], starts[id + 1], source, from, from + length)) {
                return id;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = size;
        append(source, from, length);
        if (2 * size > slots.length) {
            rehash();
        }
        return size - 1;
    }

    private void append(byte[] source, int from, int length) {
        int at = starts[size];
        if (heap.length - at < length) {
            heap = Arrays.copyOf(heap, Math.max(at + length, 2 * heap.length));
        }
        System.arraycopy(source, from, heap, at, length);
        size++;
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, 2 * size);
        }
        starts[size] = at + length;
    }

    private void rehash() {
        slots = new int[2 * slots.length];
        Arrays.fill(slots, ABSENT);
        int mask = slots.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hash(heap, starts[id], starts[id + 1] - starts[id]) & mask;
            while (slots[slot] != ABSENT) {
                slot = slot + 1 & mask;
            }
            slots[slot] = id;
        }
    }

    private static int hash(byte[] source, int from, int length) {
        int hash = length;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + source[i];
        }
        return hash * 0x9E3779B9 >>> 7;
    }
}
