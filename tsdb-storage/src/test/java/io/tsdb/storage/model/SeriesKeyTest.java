package io.tsdb.storage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class SeriesKeyTest {
    private static final Path PAGE = Path.of("docs", "format", "series-key.md");
    private static final Pattern EXAMPLE =
            Pattern.compile(
                    "```series-key\nbytes ([0-9a-f ]+)\nhash  ([0-9a-f]{16})\nslot  (\\d+)\n");

    /// From another implementation of the page, in another language. These never change: a change
    /// would send series to other slots than those their data is in.
    @ParameterizedTest
    @CsvSource({
        "'', 82234897c7d04a2c",
        "00, 640b0e06cb5c56ff",
        "31323334353637, f54508b6254c2ce7",
        "3132333435363738, a9599eb025fc5709",
        "313233343536373839, 5db7eaa417cc13f1",
        "0300637075, 14e24be12dc3d3ba",
        "03006370750400686f7374010061, 14e7b1cd5718ffd9"
    })
    void hashesNeverChange(String hex, String hash) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(SeriesKey.hash(bytes, 0, bytes.length)).isEqualTo(hex64(hash));
    }

    @Test
    void hashTakesTheAskedBytesOnly() {
        byte[] among = "xx12345678yy".getBytes(UTF_8);

        assertThat(SeriesKey.hash(among, 2, 10)).isEqualTo(hex64("a9599eb025fc5709"));
    }

    @Test
    void examplesOfTheFormatPageHold() throws IOException {
        List<SeriesKey> keys =
                List.of(
                        SeriesKey.of("cpu", Map.of("region", "eu", "host", "host_0")),
                        SeriesKey.of("température", Map.of("pièce", "été", "a", "", "Z", "1")));
        Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
        for (SeriesKey key : keys) {
            assertThat(example.find()).as("example of %s", key).isTrue();
            byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(example.group(1));
            assertThat(key.bytes()).isEqualTo(bytes);
            assertThat(key.hash()).isEqualTo(hex64(example.group(2)));
            assertThat(key.slot()).isEqualTo(Integer.parseInt(example.group(3)));
        }
        assertThat(example.find()).as("an example that is not tested").isFalse();
    }

    @Test
    void givesMeasurementAndTagsBack() {
        var tags = new LinkedHashMap<String, String>();
        tags.put("z", "1");
        tags.put("é", "x,y=z");
        tags.put("a b", "");
        SeriesKey key = SeriesKey.of("m n", tags);

        assertThat(key.measurement()).isEqualTo("m n");
        assertThat(key.tags()).containsExactly("a b", "", "z", "1", "é", "x,y=z");
        SeriesKey again = SeriesKey.ofBytes(key.bytes(), 0, key.bytes().length);
        assertThat(again).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(again.hash()).isEqualTo(key.hash());
        assertThat(key).isNotEqualTo(SeriesKey.of("m n", Map.of("z", "1")));
    }

    @Test
    void refusesKeysThatAreTooLong() {
        assertThat(SeriesKey.of("m", Map.of("k", "v".repeat(SeriesKey.BYTES_MAX - 8))).bytes())
                .hasSize(SeriesKey.BYTES_MAX);
        assertThatExceptionOfType(ResourceLimitException.class)
                .isThrownBy(
                        () -> SeriesKey.of("m", Map.of("k", "v".repeat(SeriesKey.BYTES_MAX - 7))));
    }

    @Test
    void spreadsLikeSeriesOverAllSlots() {
        int[] seriesOfSlot = new int[SeriesKey.SLOT_COUNT];
        for (int host = 0; host < 100_000; host++) {
            seriesOfSlot[SeriesKey.of("cpu", Map.of("host", "host_" + host)).slot()]++;
        }
        // 97.7 on average, so 5 standard deviations are 49
        assertThat(seriesOfSlot)
                .matches(
                        counts ->
                                Arrays.stream(counts).allMatch(count -> count > 48 && count < 147));
    }

    private static long hex64(String hex) {
        return Long.parseUnsignedLong(hex, 16);
    }
}
