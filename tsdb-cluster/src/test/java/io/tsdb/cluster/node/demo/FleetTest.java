package io.tsdb.cluster.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;

class FleetTest {
    private static final long START_SECOND = 1_767_225_600;

    private static List<String> story(Fleet fleet, int seconds) {
        var out = new LineText();
        for (int i = 0; i < seconds; i++) {
            fleet.tell(out);
        }
        fleet.tellRest(out);
        return new String(out.bytes(), 0, out.size(), StandardCharsets.US_ASCII).lines().toList();
    }

    private static long millis(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)) / 1_000_000;
    }

    @Test
    void tellsTheSameStoryForTheSameSeed() {
        assertThat(story(new Fleet(20, 7, START_SECOND), 60))
                .isEqualTo(story(new Fleet(20, 7, START_SECOND), 60))
                .isNotEqualTo(story(new Fleet(20, 8, START_SECOND), 60));
    }

    @Test
    void everyLineIsLineProtocol() {
        assertThat(story(new Fleet(20, 1, START_SECOND), 600))
                .allMatch(
                        line ->
                                line.matches(
                                        "truck,depot=[a-z]+,device=truck-\\d{4},model=[a-z0-9]+"
                                            + " speed=\\d+\\.\\d,fuel=\\d+\\.\\d\\d,cargo_temperature=\\d+\\.\\d,"
                                            + "latitude=-?\\d+\\.\\d{5},longitude=-?\\d+\\.\\d{5},odometer=\\d+i,driving=[tf]"
                                            + " \\d{19}"));
    }

    @Test
    void countsWhatItTells() {
        var fleet = new Fleet(50, 2, START_SECOND);
        List<String> lines = story(fleet, 1200);
        assertThat(fleet.pointCount()).isEqualTo(lines.size());
        assertThat(new HashSet<>(lines)).hasSameSizeAs(lines);
    }

    @Test
    void someReportsAreLateAndIrregular() {
        var fleet = new Fleet(50, 3, START_SECOND);
        List<String> lines = story(fleet, 1200);
        long newest = 0;
        long behind = 0;
        for (String line : lines) {
            newest = Math.max(newest, millis(line));
            if (newest - millis(line) > 1000) {
                behind++;
            }
        }
        assertThat(behind).isPositive().isLessThanOrEqualTo(fleet.lateCount());
        assertThat(fleet.lateCount()).isBetween(1L, lines.size() / 10L);
    }

    @Test
    void noPointIsFromTheFuture() {
        var fleet = new Fleet(50, 4, START_SECOND);
        List<String> lines = story(fleet, 100);
        assertThat(lines)
                .allMatch(line -> millis(line) >= START_SECOND * 1000)
                .allMatch(line -> millis(line) < (START_SECOND + 100) * 1000);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0.0",
        "5, 2, 0.05",
        "-862900, 5, -8.62900",
        "1234, 1, 123.4",
        "-1, 2, -0.01"
    })
    void writesDecimals(long scaled, int decimals, String text) {
        var out = new LineText().decimal(scaled, decimals);
        assertThat(new String(out.bytes(), 0, out.size(), StandardCharsets.US_ASCII))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0", "9", "10", "-10", "999999999999999999", "9223372036854775807"})
    void writesWholeNumbers(long value) {
        var out = new LineText().whole(value);
        assertThat(new String(out.bytes(), 0, out.size(), StandardCharsets.US_ASCII))
                .isEqualTo(Long.toString(value));
    }
}
