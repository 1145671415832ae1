package io.tsdb.storage.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.Random;

class DeltaBinaryPackedTest {
    private final DeltaBinaryPackedEncoder encoder = new DeltaBinaryPackedEncoder();

    /// Counts around the edges of miniblocks (32, 1024) and blocks (128, 256, 1024), which the
    /// first value, written apart, shifts by one.
    @ParameterizedTest
    @EnumSource
    void roundTripsAcrossEdges(DeltaPacking packing) {
        var random = new Random(1);
        for (int count :
                new int[] {
                    0, 1, 2, 32, 33, 34, 128, 129, 130, 256, 257, 258, 1024, 1025, 1026, 9999
                }) {
            assertRoundTrip(packing, random.longs(count, -5, 6).toArray());
            assertRoundTrip(packing, random.longs(count).toArray());
            assertRoundTrip(packing, walk(random, count, 3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void roundTripsEveryBitWidth(DeltaPacking packing) {
        var random = new Random(2);
        for (int bits = 0; bits <= 64; bits++) {
            long[] values = new long[2500];
            for (int i = 1; i < values.length; i++) {
                long delta = bits == 0 ? 0 : random.nextLong() >>> (64 - bits);
                values[i] = values[i - 1] + delta;
            }
            assertRoundTrip(packing, values);
        }
    }

    /// Deltas of these pass 64 bits and wrap.
    @ParameterizedTest
    @EnumSource
    void roundTripsExtremes(DeltaPacking packing) {
        var random = new Random(3);
        long[] extremes = {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 1, Long.MIN_VALUE + 1};
        long[] values = new long[3000];
        for (int i = 0; i < values.length; i++) {
            values[i] = extremes[random.nextInt(extremes.length)];
        }
        assertRoundTrip(packing, values);
        Arrays.fill(values, 1000, 2000, Long.MAX_VALUE);
        assertRoundTrip(packing, values);
    }

    /// Two series on one page: all deltas but one are small.
    @ParameterizedTest
    @EnumSource
    void roundTripsJumps(DeltaPacking packing) {
        var random = new Random(4);
        long[] values = walk(random, 20_000, 2);
        for (int from = 0; from < values.length; from += 360) {
            long jump = random.nextInt(1_000_000) - 500_000L;
            for (int i = from; i < Math.min(values.length, from + 360); i++) {
                values[i] += jump;
            }
        }
        assertRoundTrip(packing, values);
    }

    /// The example of the format page: the walk 5, 6, 8, 8, 7 in nibbles above -1.
    @Test
    void packsTwoDeltasIntoAByte() {
        var out = new ByteSink(16);
        encoder.encode(DeltaPacking.NIBBLES_APART, new long[] {5, 6, 8, 8, 7}, 5, out);
        byte[] bytes = out.toByteArray();
        assertThat(Arrays.copyOf(bytes, 16))
                .containsExactly(
                        // block of 256 in 8 miniblocks, 5 values, the first is 5
                        0x80,
                        0x02,
                        8,
                        5,
                        10,
                        // base -1, widths
                        1,
                        4,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        // deltas 1, 2 and 0, -1 above -1
                        0x32,
                        0x01);
        assertThat(bytes).hasSize(14 + 16);
    }

    @Test
    void refusesDamage() {
        var out = new ByteSink(16);
        encoder.encode(DeltaPacking.NARROW, walk(new Random(5), 500, 9), 500, out);
        byte[] bytes = Arrays.copyOf(out.array(), out.size() + PageReader.SLACK);
        for (int length = 0; length < out.size(); length++) {
            var source = new ByteSource("file", 0, bytes, 0, length);
            assertThatThrownBy(
                            () ->
                                    DeltaBinaryPackedDecoder.decode(
                                            source, bytes, 500, new long[500]))
                    .isInstanceOf(CorruptDataException.class);
        }
        var source = new ByteSource("file", 0, bytes, 0, out.size());
        assertThatThrownBy(() -> DeltaBinaryPackedDecoder.decode(source, bytes, 501, new long[501]))
                .hasMessageContaining("500 values");
    }

    private void assertRoundTrip(DeltaPacking packing, long[] values) {
        var out = new ByteSink(16);
        encoder.encode(packing, values, values.length, out);
        byte[] bytes = Arrays.copyOf(out.array(), out.size() + PageReader.SLACK);
        long[] decoded = new long[values.length];
        var source = new ByteSource("memory", 0, bytes, 0, out.size());
        DeltaBinaryPackedDecoder.decode(source, bytes, values.length, decoded);
        assertThat(decoded).isEqualTo(values);
        assertThat(source.remaining()).isZero();
    }

    private static long[] walk(Random random, int count, int step) {
        long[] values = new long[count];
        long value = 50;
        for (int i = 0; i < count; i++) {
            value += random.nextInt(2 * step + 1) - step;
            values[i] = value;
        }
        return values;
    }
}
