package io.tsdb.cluster.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeTextTest {
    @ParameterizedTest
    @CsvSource({
        "1970-01-01, auto, 0",
        "1970-01-01T00:00:01Z, auto, 1000000000",
        "1970-01-01 00:00:01.5, auto, 1500000000",
        "1970-01-01T01:00:00+01:00, auto, 0",
        "1700000000, auto, 1700000000000000000",
        "1700000000123, auto, 1700000000123000000",
        "1700000000123456, auto, 1700000000123456000",
        "1700000000123456789, auto, 1700000000123456789",
        "1.5, s, 1500000000",
        "-2, ms, -2000000",
        "-1.5, ns, -2",
        "2026/01/02 03:04, auto, 1767323040000000000",
        "'2026-01-02 03:04:05,250 +0100', auto, 1767319445250000000",
        "2026-01-02 03:04:05 UTC, auto, 1767323045000000000",
        // the ends of what a node stores, as it prints them
        "1677-09-21T00:12:43.145224194Z, auto, -9223372036854775806",
        "2262-04-11T23:47:16.854775806Z, auto, 9223372036854775806",
    })
    void readsWhatPeopleWrite(String text, String unit, long nanos) {
        assertThat(TimeText.of(unit).nanos(text)).isEqualTo(nanos);
    }

    @Test
    void refusesTheRestWithAWayOut() {
        assertThatThrownBy(() -> TimeText.of("auto").nanos("yesterday"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'yesterday' is no time")
                .hasMessageContaining("RFC 3339");
        assertThatThrownBy(() -> TimeText.of("s").nanos("99999999999999999999"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimeText.of("fortnight"))
                .hasMessageContaining("time unit 'fortnight'");
        assertThatThrownBy(() -> TimeText.of("auto").nanos("2300-01-01"))
                .hasMessageContaining("beyond the years 1677 to 2262");
        assertThat(StepText.nanos("250ms")).isEqualTo(250_000_000);
        assertThatThrownBy(() -> StepText.nanos("soon")).hasMessageContaining("no step of time");
    }
}
