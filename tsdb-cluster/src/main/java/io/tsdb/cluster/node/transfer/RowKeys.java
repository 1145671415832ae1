package io.tsdb.cluster.node.transfer;

import java.util.Arrays;

/// Counts rows that have the series and time of an earlier one, in bounded memory: exact up to
/// [#KEYS_MAX] different rows, beyond that from an even sample of them. One thread.
final class RowKeys {
    /// 64 MiB of table.
    static final int KEYS_MAX = 4 << 20;

    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private final int keysMax;
    private long[] table = new long[1 << 10];
    private int keys;
    private boolean hasZero;

    /// Only hashes with so many low zero bits are kept.
    private int sampleBits;

    private long repeated;

    RowKeys() {
        this(KEYS_MAX);
    }

    RowKeys(int keysMax) {
        this.keysMax = keysMax;
    }

    /// @param series text of the row's series, `[from, to)` of it
    void add(CharSequence series, int from, int to, long time) {
        long hash = 0;
        for (int i = from; i < to; i++) {
            hash = mix(hash ^ series.charAt(i));
        }
        addHash(mix(hash ^ mix(time)));
    }

    private void addHash(long hash) {
        if ((hash & (1L << sampleBits) - 1) != 0) {
            return;
        }
        if (!insert(hash)) {
            repeated++;
            return;
        }
        if (keys > keysMax) {
            sampleBits++;
            repeated /= 2;
            rebuild(table.length);
        } else if (keys > table.length / 2) {
            rebuild(table.length * 2);
        }
    }

    /// @return false when it is there already
    private boolean insert(long hash) {
        if (hash == 0) {
            boolean isNew = !hasZero;
            hasZero = true;
            return isNew;
        }
        int slot = (int) (mix(hash) >>> 32) & table.length - 1;
        while (table[slot] != 0) {
            if (table[slot] == hash) {
                return false;
            }
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = hash;
        keys++;
        return true;
    }

    private void rebuild(int size) {
        long[] old = table;
        table = new long[size];
        keys = 0;
        Arrays.stream(old)
                .filter(hash -> hash != 0 && (hash & (1L << sampleBits) - 1) == 0)
                .forEach(this::insert);
    }

    /// Rows with the series and time of an earlier one.
    long repeated() {
        return repeated << sampleBits;
    }

    boolean isExact() {
        return sampleBits == 0;
    }

    private static long mix(long value) {
        long mixed = value * FACTOR;
        mixed = (mixed ^ mixed >>> 32) * FACTOR;
        return mixed ^ mixed >>> 29;
    }
}
