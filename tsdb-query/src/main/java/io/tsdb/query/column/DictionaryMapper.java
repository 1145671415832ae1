package io.tsdb.query.column;

import io.tsdb.query.budget.MemoryAccount;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
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

    /// From about so many bytes of strings on, [#rotateIfLarge] starts a new target, too.
    private static final long ROTATE_BYTES = 8L << 20;

    /// The same where a string hardly ever comes twice, so that nothing is gained by keeping it.
    private static final long ROTATE_UNSHARED_BYTES = 512L << 10;

    /// Sources remembered; more are forgotten all at once.
    private static final int SOURCES_MAX = 256;

    /// In a map: not looked up yet; not in the target.
    private static final int UNKNOWN = -1;

    private static final int ABSENT = -2;

    private final MemoryAccount memory;
    private final int targetsInUse;
    private StringDictionary target;
    private long mappedRows;
    private final Map<StringDictionary, int[]> maps = new IdentityHashMap<>();
    private final ArrayDeque<StringDictionary> earlier = new ArrayDeque<>();
    private int[] passing = new int[64];
    private long mapsBytes;

    /// With an empty target.
    ///
    /// @param memory that the strings and the maps are reserved at
    public DictionaryMapper(MemoryAccount memory) {
        this(memory, 0);
    }

    /// @param targetsInUse earlier targets that batches handed out before may still use
    public DictionaryMapper(MemoryAccount memory, int targetsInUse) {
        this.memory = memory;
        this.targetsInUse = targetsInUse;
        this.target = new StringDictionary(memory);
    }

    public StringDictionary target() {
        return target;
    }

    /// Starts an empty target when the present one has grown large, so that a stream of ever new
    /// strings does not grow without end. Ids handed out before hold for the old target, which
    /// stays reserved while batches may use it.
    public void rotateIfLarge() {
        long bytes = target.reservedBytes();
        boolean unshared = bytes > ROTATE_UNSHARED_BYTES && 2L * target.size() > mappedRows;
        if (unshared || target.size() > SIZE_MAX || bytes > ROTATE_BYTES) {
            earlier.add(target);
            if (earlier.size() > targetsInUse) {
                memory.release(earlier.remove().reservedBytes());
            }
            target = new StringDictionary(memory);
            mappedRows = 0;
            forgetMaps();
        }
    }

    private void forgetMaps() {
        maps.clear();
        memory.release(mapsBytes);
        mapsBytes = 0;
    }

    private void reserveMap(int size) {
        memory.reserve((long) size * Integer.BYTES);
        mapsBytes += (long) size * Integer.BYTES;
    }

    /// Target ids by source id, for ids of rows `[from, from + count)` that are present; others are
    /// undefined. Valid until the next call.
    public int[] map(ColumnVector vector, int from, int count) {
        mappedRows += count;
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

    /// As [#map], but adds nothing: what the target lacks is below 0. The target must not grow any
    /// more.
    public int[] find(ColumnVector vector, int from, int count) {
        StringDictionary source = vector.dictionarySource();
        int[] map = source == null ? cleared(vector.dictionarySize()) : known(source, vector);
        String[] strings = vector.dictionary();
        int[] ids = vector.ids();
        for (int row = from; row < from + count; row++) {
            int id = ids[row];
            if (map[id] == UNKNOWN && vector.isPresent(row)) {
                int found = target.find(strings[id]);
                map[id] = found < 0 ? ABSENT : found;
            }
        }
        return map;
    }

    private int[] cleared(int size) {
        if (passing.length < size) {
            memory.reserve((long) size * Integer.BYTES);
            memory.release((long) passing.length * Integer.BYTES);
            passing = new int[size];
        }
        Arrays.fill(passing, 0, Math.max(1, size), UNKNOWN);
        return passing;
    }

    private int[] known(StringDictionary source, ColumnVector vector) {
        int @Nullable [] map = maps.get(source);
        int size = Math.max(1, vector.dictionarySize());
        if (map == null) {
            if (maps.size() >= SOURCES_MAX) {
                forgetMaps();
            }
            int length = Math.max(16, size);
            reserveMap(length);
            map = new int[length];
            Arrays.fill(map, UNKNOWN);
            maps.put(source, map);
        } else if (map.length < size) {
            int before = map.length;
            reserveMap(2 * size - before);
            map = Arrays.copyOf(map, 2 * size);
            Arrays.fill(map, before, map.length, UNKNOWN);
            maps.put(source, map);
        }
        return map;
    }
}
