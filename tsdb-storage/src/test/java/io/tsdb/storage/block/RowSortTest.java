package io.tsdb.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.scan.Presence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;
import java.util.TreeMap;

class RowSortTest {
    private final RowSort sort = new RowSort();

    @Test
    void keepsStrictlyAscendingRowsAsTheyAre() {
        assertThat(sort.sort(new long[] {1, 2, 5, 0}, 3)).isEqualTo(3);
        assertThat(sort.isIdentity()).isTrue();
        assertThat(sort.hasEqualTimes()).isFalse();
    }

    @Test
    void ordersEqualTimesByArrival() {
        assertThat(sort.sort(new long[] {7, 5, 7, 5}, 4)).isEqualTo(2);
        assertThat(sort.isIdentity()).isFalse();
        assertThat(sort.hasEqualTimes()).isTrue();
        assertThat(sort.order()).startsWith(1, 3, 0, 2);
        assertThat(sort.sortedRows()).startsWith(0, 0, 1, 1);
    }

    @Test
    void takesNoRows() {
        assertThat(sort.sort(new long[0], 0)).isZero();
        assertThat(sort.gather(new long[0], null, new long[0], new long[0]))
                .isEqualTo(Presence.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void keepsTheLatestPresentValueOfEachTime(long seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(3000);
        int span = 1 + random.nextInt(4000);
        boolean nearlySorted = random.nextBoolean();
        double density = random.nextDouble();
        long[] times = new long[count];
        long[] values = new long[count];
        long[] presence = new long[(count + 63) / 64];
        var oracle = new TreeMap<Long, Long>();
        var latest = new TreeMap<Long, Long>();
        for (int i = 0; i < count; i++) {
            times[i] = nearlySorted && random.nextInt(20) != 0 ? i : random.nextInt(span);
            values[i] = random.nextLong();
            oracle.putIfAbsent(times[i], null);
            latest.put(times[i], values[i]);
            if (random.nextDouble() < density) {
                presence[i >> 6] |= 1L << i;
                oracle.put(times[i], values[i]);
            }
        }

        int distinct = sort.sort(times, count);

        assertThat(distinct).as("seed %d", seed).isEqualTo(oracle.size());
        long[] sortedTimes = new long[distinct];
        sort.gatherTimes(times, sortedTimes);
        assertThat(sortedTimes)
                .containsExactly(oracle.keySet().stream().mapToLong(Long::longValue).toArray());

        long[] sorted = new long[distinct];
        long[] sortedPresence = new long[(distinct + 63) / 64];
        assertThat(sort.gather(values, null, sorted, sortedPresence)).isEqualTo(Presence.ALL);
        assertThat(sorted)
                .containsExactly(latest.values().stream().mapToLong(Long::longValue).toArray());

        sort.gather(values, presence, sorted, sortedPresence);
        int row = 0;
        for (Long expected : oracle.values()) {
            boolean present = (sortedPresence[row >> 6] >>> row & 1) != 0;
            assertThat(present ? Long.valueOf(sorted[row]) : null)
                    .as("seed %d row %d", seed, row)
                    .isEqualTo(expected);
            row++;
        }
    }
}
