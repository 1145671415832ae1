package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldColumn;

import java.util.Arrays;

/// Strings of one column: a dictionary and packed numbers when values repeat, else lengths and
/// bytes. Bytes: `docs/format/wal.md#strings`. Reused; one thread.
final class StringColumnEncoder {
    /// Mode: every value is written out.
    static final int PLAIN = 0;

    /// Mode: distinct values are written out once, rows hold their numbers.
    static final int DICTIONARY = 1;

    private int[] table = new int[0];
    private int[] ids = new int[0];
    private long[] distinct = new long[0];
    private int distinctCount;
    private final long[] frame = new long[IntegerFrame.VALUES_MAX];

    /// @param references of the present rows, in row order, in `[0, count)`
    void encode(FieldColumn column, long[] references, int count, EncodeBuffer out) {
        byte[] heap = column.heap();
        if (number(heap, references, count)) {
            out.putByte(DICTIONARY);
            out.putVarint(distinctCount);
            for (int id = 0; id < distinctCount; id++) {
                out.putVarint(length(distinct[id]));
                out.putBytes(heap, offset(distinct[id]), length(distinct[id]));
            }
            for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
                int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
                for (int i = 0; i < n; i++) {
                    frame[i] = ids[from + i];
                }
                IntegerFrame.encode(frame, n, false, 0, out);
            }
        } else {
            out.putByte(PLAIN);
            for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
                int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
                for (int i = 0; i < n; i++) {
                    frame[i] = length(references[from + i]);
                }
                IntegerFrame.encode(frame, n, false, 0, out);
            }
            for (int i = 0; i < count; i++) {
                out.putBytes(heap, offset(references[i]), length(references[i]));
            }
        }
    }

    /// Numbers distinct values in order of appearance.
    ///
    /// @return false when more than half of the values are distinct: a dictionary does not pay
    private boolean number(byte[] heap, long[] references, int count) {
        int distinctMax = count / 2;
        int slots = Integer.highestOneBit(Math.max(4, distinctMax * 2)) << 1;
        if (table.length < slots) {
            table = new int[slots];
        } else {
            Arrays.fill(table, 0, slots, 0);
        }
        if (ids.length < count) {
            ids = new int[count + count / 2];
            distinct = new long[count + count / 2];
        }
        distinctCount = 0;
        for (int i = 0; i < count; i++) {
            int id = idOf(heap, references[i], slots - 1);
            if (distinctCount > distinctMax) {
                return false;
            }
            ids[i] = id;
        }
        return true;
    }

    private int idOf(byte[] heap, long reference, int mask) {
        int from = offset(reference);
        int to = from + length(reference);
        int slot = hash(heap, from, to) & mask;
        while (table[slot] != 0) {
            int id = table[slot] - 1;
            int other = offset(distinct[id]);
            if (Arrays.equals(heap, other, other + length(distinct[id]), heap, from, to)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        distinct[distinctCount++] = reference;
        table[slot] = distinctCount;
        return distinctCount - 1;
    }

    private static int hash(byte[] heap, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + heap[i];
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 15;
    }

    private static int offset(long reference) {
        return (int) (reference >>> 32);
    }

    private static int length(long reference) {
        return (int) reference;
    }
}
