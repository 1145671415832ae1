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

    @Test
    void forgetsEverythingWhenItIsFull() {
        var cache = new SeriesCache(100_000, CacheBudget.unlimited());
        int most = 0;
        for (int i = 0; i < 20_000; i++) {
            int entry = add(cache, "cpu,host=" + i, i);
            cache.follow(entry);
            assertThat(find(cache, "cpu,host=" + i)).isEqualTo(entry);
            assertThat(cache.retainedBytes()).isLessThanOrEqualTo(100_000);
            most = Math.max(most, cache.entryCount());
        }
        assertThat(most).isBetween(500, 5_000);
        assertThat(cache.entryCount()).isLessThanOrEqualTo(most);
        assertThat(find(cache, "cpu,host=0")).isEqualTo(SeriesCache.NONE);
    }

    /// A thousand connections with the same thousand series: some get larger arrays, the others
    /// forget sooner, and each finds what it added last.
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
                assertThat(cache.reference(entry)).isEqualTo(i);
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
