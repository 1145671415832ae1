package io.tsdb.query.result;

import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.exec.ResultBatch;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.Function;

/// Encoded strings of one column by dictionary id, so that each distinct string is encoded once.
final class StringCache {
    private final Function<String, byte[]> encode;
    private @Nullable StringDictionary source;
    private byte[][] encoded = new byte[64][];
    private int size;

    StringCache(Function<String, byte[]> encode) {
        this.encode = encode;
    }

    /// Takes in what the batch's dictionary has and the cache has not.
    ///
    /// @return encoded strings by id
    byte[][] update(ResultBatch batch, int column) {
        StringDictionary now = batch.dictionarySource(column);
        if (now != source) {
            source = now;
            size = 0;
        }
        int wanted = batch.dictionarySize(column);
        if (wanted > encoded.length) {
            encoded = Arrays.copyOf(encoded, Math.max(wanted, 2 * encoded.length));
        }
        String[] values = batch.dictionary(column);
        for (; size < wanted; size++) {
            encoded[size] = encode.apply(values[size]);
        }
        return encoded;
    }
}
