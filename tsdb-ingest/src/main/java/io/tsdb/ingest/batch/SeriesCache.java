package io.tsdb.ingest.batch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// What a connection knows of the series it sent: the raw bytes of `measurement,tags` as they came,
/// to where their rows go.
///
/// Devices resend in the same order, so an entry remembers which one followed it; the guess is
/// proved by comparing the bytes. Entries lie one behind the other in the order of their first
/// sight, so that a resend walks through memory forwards. When the cache is full it takes no more:
/// of more series than fit that come round in turn, those that it has are found each time. Only
/// when hardly one line finds its series any more, since others are sent now, it forgets all and
/// learns those. It is full too when the node's [CacheBudget] has no room for larger arrays.
///
/// One thread.
public final class SeriesCache {
    /// No entry.
    public static final int NONE = -1;

    /// Longest raw series that is kept; a longer one is looked up each time.
    static final int RAW_BYTES_MAX = 1 << 16;

    static final int ENTRIES_MAX = 1 << 20;

    /// Generation of a reference that is good in every batch: an id of the shard.
    static final int EVERY_GENERATION = -1;

    // An entry is 8 ints: half a cache line.
    private static final int STRIDE_SHIFT = 3;
    private static final int START = 0;
    private static final int LENGTH = 1;
    private static final int HASH = 2;
    private static final int TARGET = 3;
    private static final int REFERENCE = 4;
    private static final int GENERATION = 5;
    private static final int NEXT = 6;

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HASH_SEED = 0x9E3779B97F4A7C15L;
    private static final long HASH_FACTOR = 0xFF51AFD7ED558CCDL;

    /// A full cache judges itself when it has refused so many lines for each series that it has: it
    /// begins anew when fewer than one line in one more than that found its series. So up to so
    /// many more series than fit, however they come round, are none of its business.
    private static final int REFUSED_MAX = 4;

    private static final int RAW_BYTES_FIRST = 4096;
    private static final int ENTRIES_FIRST = 64;
    private static final int SLOTS_FIRST = 256;

    private final int bytesMax;
    private final CacheBudget budget;
    private long takenBytes;
    private byte[] raw = new byte[RAW_BYTES_FIRST];
    private int rawSize;
    private int[] entries = new int[ENTRIES_FIRST << STRIDE_SHIFT];
    private int count;
    private int[] slots = new int[SLOTS_FIRST];
    private int last = NONE;

    // lines since the cache was full, or judged last
    private long refused;
    private long found;

    /// @param bytesMax memory that all arrays together may take
    /// @param budget shared with other caches
    public SeriesCache(int bytesMax, CacheBudget budget) {
        this.bytesMax = bytesMax;
        this.budget = budget;
    }

    /// Forgets everything and gives the memory back.
    void close() {
        raw = new byte[RAW_BYTES_FIRST];
        entries = new int[ENTRIES_FIRST << STRIDE_SHIFT];
        slots = new int[SLOTS_FIRST];
        clear();
        budget.giveBack(takenBytes);
        takenBytes = 0;
    }

    /// Starts the hash of a raw series; see [#foldHash].
    public static long startHash() {
        return HASH_SEED;
    }

    /// Takes the next 8 bytes of a raw series into its hash; the last ones are filled up with
    /// zeros, and left out when there are none.
    public static long foldHash(long hash, long word) {
        long product = (hash ^ word) * HASH_FACTOR;
        return product ^ product >>> 32;
    }

    /// The hash of a whole raw series.
    public static long hash(byte[] source, int from, int to) {
        long hash = startHash();
        int at = from;
        while (to - at >= Long.BYTES) {
            hash = foldHash(hash, (long) LONG_LE.get(source, at));
            at += Long.BYTES;
        }
        if (at < to) {
            long word = 0;
            for (int i = 0; at + i < to; i++) {
                word |= (source[at + i] & 0xFFL) << (Byte.SIZE * i);
            }
            hash = foldHash(hash, word);
        }
        return hash;
    }

    /// The entry that followed the latest one last time, or [#NONE].
    public int predicted() {
        return last == NONE ? NONE : entries[(last << STRIDE_SHIFT) + NEXT];
    }

    /// Bytes of an entry's raw series.
    public int length(int entry) {
        return entries[(entry << STRIDE_SHIFT) + LENGTH];
    }

    /// Whether the bytes at a place are an entry's raw series.
    ///
    /// @param from at least [#length] readable bytes lie there
    public boolean matches(int entry, byte[] source, int from) {
        int at = entry << STRIDE_SHIFT;
        int start = entries[at + START];
        int length = entries[at + LENGTH];
        return Arrays.equals(raw, start, start + length, source, from, from + length);
    }

    /// @return the entry of a raw series, or [#NONE]
    public int find(byte[] source, int from, int to, long hash) {
        int[] table = slots;
        int mask = table.length - 1;
        for (int slot = (int) hash & mask; table[slot] != 0; slot = slot + 1 & mask) {
            int entry = table[slot] - 1;
            int at = entry << STRIDE_SHIFT;
            if (entries[at + HASH] == (int) (hash >>> 32)
                    && entries[at + LENGTH] == to - from
                    && matches(entry, source, from)) {
                return entry;
            }
        }
        return NONE;
    }

    /// Says which entry the current line has, for the next guess.
    public void follow(int entry) {
        found++;
        if (last != NONE) {
            entries[(last << STRIDE_SHIFT) + NEXT] = entry;
        }
        last = entry;
    }

    /// [#follow] where the guess was right.
    public void followPredicted(int entry) {
        found++;
        last = entry;
    }

    /// Where rows of an entry go: [RequestBatches#target].
    public int target(int entry) {
        return entries[(entry << STRIDE_SHIFT) + TARGET];
    }

    /// The series reference for rows of a batch of this generation.
    public int reference(int entry) {
        return entries[(entry << STRIDE_SHIFT) + REFERENCE];
    }

    /// Whether [#reference] is good in the batches of a request.
    public boolean isUsable(int entry, int generation) {
        int own = entries[(entry << STRIDE_SHIFT) + GENERATION];
        return own == EVERY_GENERATION || own == generation;
    }

    /// Changes the reference of an entry.
    void refer(int entry, int reference, int generation) {
        int at = entry << STRIDE_SHIFT;
        entries[at + REFERENCE] = reference;
        entries[at + GENERATION] = generation;
    }

    /// Adds a raw series that has no entry yet.
    ///
    /// @return its entry, or [#NONE] when there is no room for it
    int add(byte[] source, int from, int to, long hash, int target, int reference, int generation) {
        int length = to - from;
        if (length > RAW_BYTES_MAX) {
            return NONE;
        }
        if ((count == ENTRIES_MAX || !reserve(length)) && !(isOutOfUse() && reserve(length))) {
            return NONE;
        }
        System.arraycopy(source, from, raw, rawSize, length);
        int entry = count++;
        int at = entry << STRIDE_SHIFT;
        entries[at + START] = rawSize;
        entries[at + LENGTH] = length;
        entries[at + HASH] = (int) (hash >>> 32);
        entries[at + TARGET] = target;
        entries[at + REFERENCE] = reference;
        entries[at + GENERATION] = generation;
        entries[at + NEXT] = NONE;
        rawSize += length;
        insert(entry, (int) hash);
        return entry;
    }

    /// Counts a line for whose series there is no room.
    ///
    /// @return whether all others were given up for it
    private boolean isOutOfUse() {
        if (refused == 0) {
            found = 0;
        }
        refused++;
        if (refused < (long) REFUSED_MAX * count) {
            return false;
        }
        boolean outOfUse = found * REFUSED_MAX < refused;
        refused = 0;
        if (outOfUse) {
            clear();
        }
        return outOfUse;
    }

    /// Forgets everything.
    public void clear() {
        refused = 0;
        count = 0;
        rawSize = 0;
        last = NONE;
        Arrays.fill(slots, 0);
    }

    public int entryCount() {
        return count;
    }

    /// Memory that the arrays take now.
    public long retainedBytes() {
        return raw.length + 4L * (entries.length + slots.length);
    }

    private boolean reserve(int length) {
        if (rawSize + length > raw.length) {
            long wanted = Math.max(2L * raw.length, raw.length + (long) length);
            if (!take(wanted - raw.length)) {
                return false;
            }
            raw = Arrays.copyOf(raw, (int) wanted);
        }
        if ((count + 1) << STRIDE_SHIFT > entries.length) {
            if (!take(4L * (entries.length + slots.length))) {
                return false;
            }
            entries = Arrays.copyOf(entries, 2 * entries.length);
            growSlots();
        }
        return true;
    }

    private boolean take(long more) {
        if (retainedBytes() + more > bytesMax || !budget.tryTake(more)) {
            return false;
        }
        takenBytes += more;
        return true;
    }

    /// Doubles the table; it has at least two slots an entry.
    private void growSlots() {
        slots = new int[2 * slots.length];
        for (int entry = 0; entry < count; entry++) {
            int at = entry << STRIDE_SHIFT;
            int start = entries[at + START];
            insert(entry, (int) hash(raw, start, start + entries[at + LENGTH]));
        }
    }

    private void insert(int entry, int lowHash) {
        int mask = slots.length - 1;
        int slot = lowHash & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = entry + 1;
    }
}
