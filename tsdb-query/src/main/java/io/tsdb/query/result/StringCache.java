package io.tsdb.query.result;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.exec.ResultBatch;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.Function;

/// Encoded strings of one column by dictionary id, so that each distinct string is encoded once.
final class StringCache {
    private static final int ARRAY_BYTES = 24;
    private static final int REFERENCE_BYTES = 8;

    private final Function<String, byte[]> encode;
    private final int encodedBytesMax;
    private final MemoryAccount memory;
    private @Nullable StringDictionary source;
    private byte[][] encoded = new byte[64][];
    private int size;

    /// @param encodedBytesMax that a UTF-16 unit takes at most while it is encoded, copies included
    /// @param memory of the query, that texts are reserved at before they are encoded
    StringCache(Function<String, byte[]> encode, int encodedBytesMax, MemoryAccount memory) {
        this.encode = encode;
        this.encodedBytesMax = encodedBytesMax;
        this.memory = memory;
    }

    /// Takes in what the batch's dictionary has and the cache has not.
    ///
    /// @return encoded strings by id
    byte[][] update(ResultBatch batch, int column) {
        StringDictionary now = batch.dictionarySource(column);
        if (now != source) {
            source = now;
            size = 0;
            encoded = new byte[64][];
            memory.releaseAll();
        }
        int wanted = batch.dictionarySize(column);
        if (wanted > encoded.length) {
            int length = Math.max(wanted, 2 * encoded.length);
            memory.reserve((long) (length - encoded.length) * REFERENCE_BYTES);
            encoded = Arrays.copyOf(encoded, length);
        }
        String[] values = batch.dictionary(column);
        for (; size < wanted; size++) {
            String value = values[size];
            long most = ARRAY_BYTES + (long) encodedBytesMax * value.length();
            memory.reserve(most);
            byte[] bytes = encode.apply(value);
            encoded[size] = bytes;
            memory.release(most - ARRAY_BYTES - bytes.length);
        }
        return encoded;
    }
}
