package io.tsdb.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class SeriesCacheTest {
    private static final int ENOUGH = 64 << 20;

    /// Enough entries for every array to grow several times.
    @Test
    void findsEachSeriesAgainAfterGrowing() {
        var cache = new SeriesCache(ENOUGH, CacheBudget.unlimited());
        for (int i = 0; i < 20_000; i++) {
            assertThat(add(cache, "cpu,host=" + i, i)).isEqualTo(i);
        }
        for (int i = 0; i < 20_000; i++) {
            int entry = find(cache, "cpu,host=" + i);
            assertThat(entry).isEqualTo(i);
            assertThat(cache.reference(entry)).isEqualTo(i);
            assertThat(cache.target(entry)).isEqualTo(i + 1);
        }
        assertThat(find(cache, "cpu,host=20000")).isEqualTo(SeriesCache.NONE);
        assertThat(find(cache, "cpu,host=1999")).isEqualTo(1999);
    }

    @Test
    void guessesTheSeriesThatFollowedLastTime() {
        var cache = new SeriesCache(ENOUGH, CacheBudget.unlimited());
        assertThat(cache.predicted()).isEqualTo(SeriesCache.NONE);
        int a = add(cache, "m,t=a", 1);
        int b = add(cache, "m,t=b", 2);
        for (int entry : new int[] {a, b, a}) {
            cache.follow(entry);
        }
        assertThat(cache.predicted()).isEqualTo(b);
        assertThat(cache.matches(b, bytes("xm,t=b f=1"), 1)).isTrue();
        assertThat(cache.matches(b, bytes("xm,t=c f=1"), 1)).isFalse();
        cache.followPredicted(b);
        assertThat(cache.predicted()).isEqualTo(a);
    }

    /// Three times as many as fit, one after the other, round after round: a third is found each
    /// time, as if there were no others.
    @Test
    void keepsWhatItHasWhenItIsFull() {
        var cache = new SeriesCache(100_000, CacheBudget.unlimited());
        int capacity = capacityOf(100_000);
        for (int round = 0; round < 20; round++) {
            int found = 0;
            for (int i = 0; i < 3 * capacity; i++) {
                found += send(cache, "cpu,host=" + i, i) ? 1 : 0;
            }
            assertThat(cache.retainedBytes()).isLessThanOrEqualTo(100_000);
            assertThat(found).isEqualTo(round == 0 ? 0 : capacity);
        }
    }

    /// Those of before are sent no more.
    @Test
    void learnsOthersWhenWhatItHasIsOutOfUse() {
        var cache = new SeriesCache(100_000, CacheBudget.unlimited());
        int capacity = capacityOf(100_000);
        for (int i = 0; i < capacity; i++) {
            send(cache, "cpu,host=" + i, i);
        }
        int lines = 0;
        int found = 0;
        while (found < capacity) {
            found = 0;
            for (int i = 0; i < capacity; i++, lines++) {
                found += send(cache, "gpu,host=" + i, 7_000 + i) ? 1 : 0;
            }
            assertThat(lines).as("lines until it knew them").isLessThanOrEqualTo(6 * capacity);
        }
        assertThat(find(cache, "cpu,host=0")).isEqualTo(SeriesCache.NONE);
    }

    private static int capacityOf(int bytes) {
        var cache = new SeriesCache(bytes, CacheBudget.unlimited());
        for (int i = 0; i < 20_000; i++) {
            if (add(cache, "cpu,host=" + i, i) == SeriesCache.NONE) {
                break;
            }
        }
        assertThat(cache.entryCount()).isBetween(500, 5_000);
        return cache.entryCount();
    }

    /// As lines do.
    ///
    /// @return whether the series was found
    private static boolean send(SeriesCache cache, String series, int reference) {
        int known = find(cache, series);
        if (known != SeriesCache.NONE) {
            assertThat(cache.reference(known)).isEqualTo(reference);
            cache.follow(known);
            return true;
        }
        int added = add(cache, series, reference);
        if (added != SeriesCache.NONE) {
            cache.follow(added);
        }
        return false;
    }

    /// A thousand connections with the same thousand series: some get larger arrays, the others
    /// take no more sooner, and each finds what it has taken.
    @Test
    void sharesABudgetWithOthersAndStaysRight() {
        var budget = new CacheBudget(2_000_000);
        var caches = new SeriesCache[1000];
        for (int c = 0; c < caches.length; c++) {
            caches[c] = new SeriesCache(ENOUGH, budget);
        }
        for (int i = 0; i < 1000; i++) {
            for (SeriesCache cache : caches) {
                int entry = add(cache, "cpu,host=" + i, i);
                assertThat(find(cache, "cpu,host=" + i)).isEqualTo(entry);
                assertThat(entry == SeriesCache.NONE || cache.reference(entry) == i).isTrue();
            }
            assertThat(budget.usedBytes()).isLessThanOrEqualTo(budget.limitBytes());
        }
        assertThat(budget.usedBytes()).isGreaterThan(budget.limitBytes() / 2);
        for (SeriesCache cache : caches) {
            cache.close();
        }
        assertThat(budget.usedBytes()).isZero();
        assertThat(add(caches[0], "cpu", 1)).isZero();
    }

    @Test
    void keepsNoSeriesThatIsTooLong() {
        var cache = new SeriesCache(ENOUGH, CacheBudget.unlimited());
        assertThat(add(cache, "x".repeat(SeriesCache.RAW_BYTES_MAX), 1)).isZero();
        assertThat(add(cache, "x".repeat(SeriesCache.RAW_BYTES_MAX + 1), 2))
                .isEqualTo(SeriesCache.NONE);
        var small = new SeriesCache(10_000, CacheBudget.unlimited());
        assertThat(add(small, "x".repeat(20_000), 1)).isEqualTo(SeriesCache.NONE);
        assertThat(add(small, "x", 1)).isZero();
    }

    /// References of new series count in the batch they were made for; ids of the shard always do.
    @Test
    void knowsWhichReferencesAreUsable() {
        var cache = new SeriesCache(ENOUGH, CacheBudget.unlimited());
        int entry = add(cache, "m", ~0);
        cache.refer(entry, ~0, 7);
        assertThat(cache.isUsable(entry, 7)).isTrue();
        assertThat(cache.isUsable(entry, 8)).isFalse();
        cache.refer(entry, 42, SeriesCache.EVERY_GENERATION);
        assertThat(cache.isUsable(entry, 8)).isTrue();
    }

    /// The fast path hashes words as it meets them; it must come to the same hash.
    @Test
    void hashesAsTheFastPathFolds() {
        byte[] text = bytes("01234567abcdefghXY");
        long hash = SeriesCache.startHash();
        hash = SeriesCache.foldHash(hash, 0x3736353433323130L);
        hash = SeriesCache.foldHash(hash, 0x6867666564636261L);
        assertThat(SeriesCache.hash(text, 0, 16)).isEqualTo(hash);
        hash = SeriesCache.foldHash(hash, 0x5958L);
        assertThat(SeriesCache.hash(text, 0, 18)).isEqualTo(hash);
    }

    private static int add(SeriesCache cache, String series, int reference) {
        byte[] raw = bytes(series);
        long hash = SeriesCache.hash(raw, 0, raw.length);
        return cache.add(
                raw, 0, raw.length, hash, reference + 1, reference, SeriesCache.EVERY_GENERATION);
    }

    private static int find(SeriesCache cache, String series) {
        byte[] raw = bytes(series);
        return cache.find(raw, 0, raw.length, SeriesCache.hash(raw, 0, raw.length));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
