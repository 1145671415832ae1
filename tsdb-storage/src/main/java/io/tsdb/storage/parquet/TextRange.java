package io.tsdb.storage.parquet;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Smallest and largest text of a page or a chunk by their bytes, as ids of a dictionary, and as
/// bounds short enough for metadata. One thread.
final class TextRange {
    /// Longest bound; longer texts are cut, upwards for the largest one.
    private static final int BOUND_BYTES_MAX = 64;

    private final TextDictionary dictionary;
    private int min = -1;
    private int max = -1;

    TextRange(TextDictionary dictionary) {
        this.dictionary = dictionary;
    }

    void clear() {
        min = -1;
        max = -1;
    }

    /// Takes in all texts of a page; repeated neighbours cost nothing.
    void include(int[] ids, int count) {
        int before = -1;
        for (int i = 0; i < count; i++) {
            if (ids[i] != before) {
                before = ids[i];
                include(before);
            }
        }
    }

    void include(TextRange other) {
        if (other.min >= 0) {
            include(other.min);
            include(other.max);
        }
    }

    /// Whether the bounds are texts that occur.
    boolean isExact() {
        return min < 0
                || (dictionary.length(min) <= BOUND_BYTES_MAX
                        && dictionary.length(max) <= BOUND_BYTES_MAX);
    }

    /// @return null without any text
    byte @Nullable [] lowerBound() {
        if (min < 0) {
            return null;
        }
        byte[] text = dictionary.bytes(min);
        return text.length <= BOUND_BYTES_MAX ? text : Arrays.copyOf(text, cut(text));
    }

    /// @return null without any text, or when no short text lies above the largest one
    byte @Nullable [] upperBound() {
        if (max < 0) {
            return null;
        }
        byte[] text = dictionary.bytes(max);
        if (text.length <= BOUND_BYTES_MAX) {
            return text;
        }
        // the next larger text of ASCII: raise the last character that can be raised
        int length = cut(text);
        while (length > 0 && (text[length - 1] < 0 || text[length - 1] == 0x7F)) {
            length--;
        }
        if (length == 0) {
            return null;
        }
        byte[] bound = Arrays.copyOf(text, length);
        bound[length - 1]++;
        return bound;
    }

    /// Where a text may be cut so that no character is torn.
    private static int cut(byte[] text) {
        int length = BOUND_BYTES_MAX;
        while (length > 0 && (text[length] & 0xC0) == 0x80) {
            length--;
        }
        return length;
    }

    private void include(int id) {
        min = min < 0 || dictionary.compare(id, min) < 0 ? id : min;
        max = max < 0 || dictionary.compare(id, max) > 0 ? id : max;
    }
}
