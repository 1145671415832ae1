package io.tsdb.query.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.Uint64;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;

class TextBufferTest {
    private final TextBuffer out = new TextBuffer(64);

    private String text() {
        String text = new String(out.bytes(), 0, out.size(), StandardCharsets.UTF_8);
        out.clear();
        return text;
    }

    @Test
    void writesIntegersAsJavaDoes() {
        var random = new Random(7);
        long[] edges = {0, 9, 10, 99, 100, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1_000_000_000_000L};
        for (int i = 0; i < 100_000; i++) {
            long value = i < edges.length ? edges[i] : random.nextLong() >> random.nextInt(64);
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            out.putLong(value);
            assertThat(text()).isEqualTo(Long.toString(value));
        }
    }

    @Test
    void writesUnsignedIntegersAsJavaDoes() {
        var random = new Random(9);
        long[] edges = {0, 9, 10, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2};
        for (int i = 0; i < 100_000; i++) {
            long value = i < edges.length ? edges[i] : random.nextLong() >>> random.nextInt(64);
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            out.putUnsigned(Uint64.fold(value));
            assertThat(text()).isEqualTo(Long.toUnsignedString(value));
        }
    }

    @Test
    void writesDoublesThatReadBackBitForBit() {
        var random = new Random(8);
        double[] edges = {0.0, -0.0, 1, -1, 0.1, 1e-3, 9.99e-4, 1e9, 123456789.123456, 4.9e-324};
        for (int i = 0; i < 200_000; i++) {
            double value =
                    i < edges.length
                            ? edges[i]
                            : switch (i % 3) {
                                case 0 -> random.nextInt(2_000_000) / 1000.0 - 1000;
                                case 1 -> random.nextGaussian() * 1e6;
                                default -> Double.longBitsToDouble(random.nextLong());
                            };
            if (!Double.isFinite(value)) {
                continue;
            }
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            out.putDouble(value);
            String text = text();
            assertThat(Double.doubleToRawLongBits(Double.parseDouble(text)))
                    .as(text)
                    .isEqualTo(Double.doubleToRawLongBits(value));
            assertThat(text).containsAnyOf(".", "E");
            assertThat(text.length()).isLessThanOrEqualTo(Double.toString(value).length());
        }
    }

    @Test
    void writesTimesAsRfc3339() {
        var random = new Random(9);
        var times = new TimeFormat.Writer(TimeFormat.RFC3339);
        for (int i = 0; i < 50_000; i++) {
            long nanos = i == 0 ? 0 : random.nextLong();
            if (i % 3 == 0) {
                nanos -= Math.floorMod(nanos, 1_000_000);
            }
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            times.put(out, nanos);
            Instant instant =
                    Instant.ofEpochSecond(
                            Math.floorDiv(nanos, 1_000_000_000L),
                            Math.floorMod(nanos, 1_000_000_000L));
            assertThat(text()).isEqualTo(instant.toString());
        }
    }

    @Test
    void writesTimesAsNumbersRoundedDown() {
        out.reserve(TextBuffer.VALUE_BYTES_MAX);
        new TimeFormat.Writer(TimeFormat.SECONDS).put(out, -1);
        assertThat(text()).isEqualTo("-1");
        new TimeFormat.Writer(TimeFormat.MILLISECONDS).put(out, 1_700_000_000_123_456_789L);
        assertThat(text()).isEqualTo("1700000000123");
    }
}
