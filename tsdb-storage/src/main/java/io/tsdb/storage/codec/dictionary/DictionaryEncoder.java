package io.tsdb.storage.codec.dictionary;

import io.tsdb.storage.codec.pack.ByteSink;

import java.util.Arrays;

/// Gives each distinct string an id, in order of first appearance, and writes the strings.
///
/// One thread; kept and reused, since it owns the hash table.
public final class DictionaryEncoder {
    private final int[] idAtHash;
    private final long[] refOfId;
    private int size;

    /// @param countMax most values of a column
    public DictionaryEncoder(int countMax) {
        idAtHash = new int[2 * Integer.highestOneBit(2 * countMax - 1)];
        refOfId = new long[countMax];
    }

    /// Finds the ids of a column.
    ///
    /// @param refs `(offset << 32) | length` into the heap
    /// @param ids receives an id for each of the `count` values
    public void assignIds(byte[] heap, long[] refs, int count, long[] ids) {
        int mask = 2 * Integer.highestOneBit(2 * count - 1) - 1;
        Arrays.fill(idAtHash, 0, mask + 1, -1);
        size = 0;
        for (int i = 0; i < count; i++) {
            ids[i] = i > 0 && refs[i] == refs[i - 1] ? ids[i - 1] : idOf(heap, refs[i], mask);
        }
    }

    /// Appends the distinct strings of the last [#assignIds] by id: their number, their lengths,
    /// their bytes.
    public void encode(byte[] heap, ByteSink sink) {
        sink.putVarint(size);
        for (int id = 0; id < size; id++) {
            sink.putVarint((int) refOfId[id]);
        }
        for (int id = 0; id < size; id++) {
            sink.putBytes(heap, (int) (refOfId[id] >>> 32), (int) refOfId[id]);
        }
    }

    private int idOf(byte[] heap, long ref, int mask) {
        int from = (int) (ref >>> 32);
        int to = from + (int) ref;
        int slot = hash(heap, from, to) & mask;
        while (true) {
            int id = idAtHash[slot];
            if (id < 0) {
                idAtHash[slot] = size;
                refOfId[size] = ref;
                return size++;
            }
            int otherFrom = (int) (refOfId[id] >>> 32);
            int otherTo = otherFrom + (int) refOfId[id];
            if (Arrays.equals(heap, from, to, heap, otherFrom, otherTo)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static int hash(byte[] heap, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + heap[i];
        }
        return (hash * 0x9E3779B9) >>> 16 ^ hash;
    }
}
