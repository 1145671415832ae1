package io.tsdb.query.column;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/// Brings ids of many dictionaries to ids of one. One thread.
///
/// For a dictionary that keeps its ids ([ColumnVector#dictionarySource]) each string is looked up
/// once; for others once per vector.
public final class DictionaryMapper {
    /// From this many strings on, [#rotateIfLarge] starts a new target.
    public static final int SIZE_MAX = 65_536;

    /// Sources remembered; more are forgotten all at once.
    private static final int SOURCES_MAX = 256;

    private StringDictionary target;
    private final Map<StringDictionary, int[]> maps = new IdentityHashMap<>();
    private int[] passing = new int[64];

    public DictionaryMapper(StringDictionary target) {
        this.target = target;
    }

    public StringDictionary target() {
        return target;
    }

    /// Starts an empty target when the present one has grown large, so that a stream of ever new
    /// strings does not grow without end. Ids handed out before hold for the old target.
    public void rotateIfLarge() {
        if (target.size() > SIZE_MAX) {
            target = new StringDictionary();
            maps.clear();
        }
    }

    /// Target ids by source id, for ids of rows `[from, from + count)` that are present; others are
    /// undefined. Valid until the next call.
    public int[] map(ColumnVector vector, int from, int count) {
        StringDictionary source = vector.dictionarySource();
        int[] map = source == null ? cleared(vector.dictionarySize()) : known(source, vector);
        String[] strings = vector.dictionary();
        int[] ids = vector.ids();
        for (int row = from; row < from + count; row++) {
            int id = ids[row];
            if (map[id] < 0 && vector.isPresent(row)) {
                map[id] = target.idOf(strings[id]);
            }
        }
        return map;
    }

    private int[] cleared(int size) {
        if (passing.length < size) {
            passing = new int[size];
        }
        Arrays.fill(passing, 0, Math.max(1, size), -1);
        return passing;
    }

    private int[] known(StringDictionary source, ColumnVector vector) {
        int @Nullable [] map = maps.get(source);
        int size = Math.max(1, vector.dictionarySize());
        if (map == null) {
            if (maps.size() >= SOURCES_MAX) {
                maps.clear();
            }
            map = new int[Math.max(16, size)];
            Arrays.fill(map, -1);
            maps.put(source, map);
        } else if (map.length < size) {
            int before = map.length;
            map = Arrays.copyOf(map, 2 * size);
            Arrays.fill(map, before, map.length, -1);
            maps.put(source, map);
        }
        return map;
    }
}
