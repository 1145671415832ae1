package io.tsdb.storage.codec.dictionary;

import io.tsdb.storage.codec.pack.ByteSource;

import java.util.Arrays;

/// Reads what [DictionaryEncoder] wrote.
public final class DictionaryDecoder {
    private DictionaryDecoder() {}

    /// @param count number of values of the column, which is the most it can have distinct
    /// @return the strings by id
    public static byte[][] decode(ByteSource source, int count) {
        int size = readSize(source, count);
        int[] lengths = new int[size];
        for (int id = 0; id < size; id++) {
            lengths[id] = source.readVarint();
        }
        byte[][] strings = new byte[size][];
        for (int id = 0; id < size; id++) {
            int from = source.take(lengths[id]);
            strings[id] = Arrays.copyOfRange(source.bytes(), from, from + lengths[id]);
        }
        return strings;
    }

    /// Passes over the strings.
    ///
    /// @return their number
    public static int skip(ByteSource source, int count) {
        int size = readSize(source, count);
        long bytes = 0;
        for (int id = 0; id < size; id++) {
            bytes += source.readVarint();
        }
        source.take((int) Math.min(bytes, Integer.MAX_VALUE));
        return size;
    }

    private static int readSize(ByteSource source, int count) {
        int size = source.readVarint();
        if (size < 1 || size > count) {
            throw source.corrupt(size + " distinct strings of " + count);
        }
        return size;
    }
}
