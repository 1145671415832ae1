package io.tsdb.storage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.roaringbitmap.RoaringBitmap;

import java.util.List;

class SeriesIdsTest {
    /// Containers of each kind: few ids, every second one of many, runs; and several of them.
    static List<RoaringBitmap> sets() {
        var half = new RoaringBitmap();
        for (int id = 0; id < 20_000; id += 2) {
            half.add(id);
        }
        var all = RoaringBitmap.or(RoaringBitmap.bitmapOf(7, 9), half);
        all.add(200_000L, 300_000L);
        all.add(Integer.MAX_VALUE);
        return List.of(new RoaringBitmap(), RoaringBitmap.bitmapOf(7, 9), half, all);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void readsWhatItWrote(RoaringBitmap ids) {
        byte[] bytes = SeriesIds.toBytes(ids);
        byte[] within = new byte[bytes.length + 5];
        System.arraycopy(bytes, 0, within, 3, bytes.length);
        assertThat(SeriesIds.of(within, 3, 3 + bytes.length)).isEqualTo(ids);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void refusesASetThatIsCutOrGoesOn(RoaringBitmap ids) {
        byte[] bytes = SeriesIds.toBytes(ids);
        byte[] longer = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, longer, 0, bytes.length);
        assertThatThrownBy(() -> SeriesIds.of(longer, 0, longer.length))
                .isInstanceOf(IllegalArgumentException.class);
        for (int end = 0; end < bytes.length; end++) {
            int cut = end;
            assertThatThrownBy(() -> SeriesIds.of(bytes, 0, cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// It may be another set.
    @Test
    void throwsNothingElseWhenABitIsFlipped() {
        int refused = 0;
        for (RoaringBitmap ids : sets()) {
            byte[] bytes = SeriesIds.toBytes(ids);
            for (int bit = 0; bit < 8 * Math.min(bytes.length, 200); bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
                try {
                    SeriesIds.of(flipped, 0, flipped.length);
                } catch (IllegalArgumentException e) {
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(50);
    }
}
