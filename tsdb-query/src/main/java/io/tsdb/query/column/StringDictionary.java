package io.tsdb.query.column;

import io.tsdb.query.budget.MemoryAccount;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Distinct strings with dense ids in order of their first appearance; only grows.
///
/// Open addressing by the strings' own hash codes, load at most one half. Whoever writes strings
/// can choose them so that their codes are equal: when an entry is far from its place, all go to a
/// map that orders equal codes.
///
/// One thread writes; a reader that got a batch over a hand-over sees the entries that the batch
/// refers to.
public final class StringDictionary {
    /// A string with its array, without its characters.
    private static final int STRING_BYTES = 40;

    private static final int REFERENCE_BYTES = 8;

    /// A node of the map, the number in it, their places.
    private static final int NODE_BYTES = 64;

    private static final int PROBES_MAX = 256;
    private static final int CAPACITY_MIN = 16;

    private final MemoryAccount memory;
    private @Nullable Map<String, Integer> colliding;
    private int[] table = new int[2 * CAPACITY_MIN];
    private String[] values = new String[CAPACITY_MIN];
    private int size;
    private long reservedBytes;

    /// @param memory that every entry is reserved at before it is added
    public StringDictionary(MemoryAccount memory) {
        this.memory = memory;
    }

    /// @return the id of the string, added when it is new
    public int idOf(String value) {
        if (colliding != null) {
            return idInMap(colliding, value);
        }
        int mask = table.length - 1;
        int hash = spread(value.hashCode());
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            int at = hash + probe & mask;
            int entry = table[at];
            if (entry == 0) {
                int id = add(value);
                table[at] = id + 1;
                if (2 * size > table.length) {
                    rehash();
                }
                return id;
            }
            if (values[entry - 1].equals(value)) {
                return entry - 1;
            }
        }
        return idInMap(toMap(), value);
    }

    /// @return the id of the string, -1 when it is not there
    public int find(String value) {
        Map<String, Integer> map = colliding;
        if (map != null) {
            return map.getOrDefault(value, -1);
        }
        int mask = table.length - 1;
        int hash = spread(value.hashCode());
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            int entry = table[hash + probe & mask];
            if (entry == 0) {
                return -1;
            }
            if (values[entry - 1].equals(value)) {
                return entry - 1;
            }
        }
        // one more that is so far from its place would have gone to the map
        return -1;
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> 15;
    }

    private int add(String value) {
        reserve(STRING_BYTES + textBytes(value));
        if (size == values.length) {
            reserve((long) size * REFERENCE_BYTES);
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size] = value;
        return size++;
    }

    /// What the characters take: one byte each where none is beyond Latin-1.
    private static long textBytes(String value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            if (value.charAt(i) > 0xFF) {
                return 2L * length;
            }
        }
        return length;
    }

    private void rehash() {
        reserve((long) table.length * Integer.BYTES);
        int[] larger = new int[2 * table.length];
        int mask = larger.length - 1;
        for (int id = 0; id < size; id++) {
            int at = spread(values[id].hashCode()) & mask;
            int probe = 0;
            while (larger[at] != 0) {
                at = at + 1 & mask;
                if (++probe == PROBES_MAX) {
                    toMap();
                    return;
                }
            }
            larger[at] = id + 1;
            if (id % MemoryAccount.LOOK_STEPS == MemoryAccount.LOOK_STEPS - 1) {
                memory.look();
            }
        }
        table = larger;
    }

    private Map<String, Integer> toMap() {
        reserve((long) size * NODE_BYTES);
        var map = new HashMap<String, Integer>();
        for (int id = 0; id < size; id++) {
            map.put(values[id], id);
        }
        colliding = map;
        return map;
    }

    private int idInMap(Map<String, Integer> map, String value) {
        Integer known = map.get(value);
        if (known != null) {
            return known;
        }
        reserve(NODE_BYTES);
        int id = add(value);
        map.put(value, id);
        return id;
    }

    private void reserve(long bytes) {
        memory.reserve(bytes);
        reservedBytes += bytes;
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

    /// About what the entries take, as reserved.
    public long reservedBytes() {
        return reservedBytes;
    }
}
