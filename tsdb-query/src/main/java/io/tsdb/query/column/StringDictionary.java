package io.tsdb.query.column;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Distinct strings with dense ids in order of their first appearance; only grows.
///
/// One thread writes; a reader that got a batch over a hand-over sees the entries that the batch
/// refers to.
public final class StringDictionary {
    private final Map<String, Integer> ids = new HashMap<>();
    private String[] values = new String[16];
    private int size;
    private long textBytes;

    /// @return the id of the string, added when it is new
    public int idOf(String value) {
        Integer known = ids.get(value);
        if (known != null) {
            return known;
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size] = value;
        ids.put(value, size);
        textBytes += 64 + 2L * value.length();
        return size++;
    }

    public String get(int id) {
        return values[id];
    }

    /// Strings by id; entries from [#size()] on are undefined. Valid until the next [#idOf].
    public String[] values() {
        return values;
    }

    public int size() {
        return size;
    }

    /// About what the entries take in memory.
    public long memoryBytes() {
        return textBytes;
    }
}
