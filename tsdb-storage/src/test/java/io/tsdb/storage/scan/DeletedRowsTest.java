package io.tsdb.storage.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.model.TimeRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;

class DeletedRowsTest {
    private static DeletedRows random(Random random) {
        if (random.nextBoolean()) {
            var series = new RoaringBitmap();
            for (int i = random.nextInt(2000); i >= 0; i--) {
                series.add(random.nextInt(100_000));
            }
            long from = random.nextLong(1000);
            return new DeletedRows.OfSeries(
                    series, new TimeRange(from, from + random.nextLong(1000)));
        }
        var times = new TreeMap<Integer, long[]>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            long[] own =
                    random.longs(1 + random.nextInt(50), 0, 2000).sorted().distinct().toArray();
            times.put(random.nextInt(20), own);
        }
        return new DeletedRows.Single(times);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void saysTheSameOfEveryRowAfterARoundTrip(long seed) {
        var random = new Random(seed);
        DeletedRows rows = random(random);
        byte[] bytes = rows.toBytes();
        assertThat((long) bytes.length).isLessThanOrEqualTo(rows.sizeBytes());
        DeletedRows back = DeletedRows.of(bytes);
        for (int series = 0; series < 20; series++) {
            for (long time = 0; time < 2000; time += 1 + random.nextInt(3)) {
                boolean contains = rows.contains(series, time);
                assertThat(back.contains(series, time)).isEqualTo(contains);
                assertThat(rows.touches(series, time, time)).isEqualTo(contains);
                assertThat(rows.covers(series, time, time)).isEqualTo(contains);
                if (contains) {
                    assertThat(rows.overlaps(time - 1, time + 1)).isTrue();
                    assertThat(rows.touches(series, time - 7, time)).isTrue();
                    assertThat(rows.namesAnyOf(new int[] {200_000, series})).isTrue();
                }
            }
        }
    }

    /// `docs/format/wal.md#deleted-rows`: series 3 from time 2 on; the row of series 7 at time 9.
    @Test
    void hasTheBytesOfTheFormatPage() {
        var whole =
                new DeletedRows.OfSeries(
                        RoaringBitmap.bitmapOf(3), new TimeRange(2, Long.MAX_VALUE));
        assertThat(HexFormat.of().formatHex(whole.toBytes()))
                .isEqualTo(
                        "00"
                                + "0200000000000000"
                                + "ffffffffffffff7f"
                                + "3a300000010000000000000010000000"
                                + "0300");
        var single = new DeletedRows.Single(new TreeMap<>(java.util.Map.of(7, new long[] {9})));
        assertThat(HexFormat.of().formatHex(single.toBytes()))
                .isEqualTo("01" + "01000000" + "07000000" + "01000000" + "0900000000000000");
    }

    @Test
    void refusesWhatEndsTooEarly() {
        for (long seed = 1; seed < 9; seed++) {
            byte[] bytes = random(new Random(seed)).toBytes();
            for (int length = 0; length < Math.min(60, bytes.length); length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> DeletedRows.of(cut))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void refusesSeriesThatAreNoSet() {
        byte[] bytes = new DeletedRows.OfSeries(RoaringBitmap.bitmapOf(3), TimeRange.ALL).toBytes();
        bytes[17] = 0; // no first byte of a set
        assertThatThrownBy(() -> DeletedRows.of(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no set of series");
    }
}
