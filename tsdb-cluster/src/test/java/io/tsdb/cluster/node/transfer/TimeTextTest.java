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
    })
    void readsWhatPeopleWrite(String text, String unit, long nanos) {
        assertThat(TimeText.nanos(text, unit)).isEqualTo(nanos);
    }

    @Test
    void refusesTheRestWithAWayOut() {
        assertThatThrownBy(() -> TimeText.nanos("yesterday", "auto"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'yesterday' is no time")
                .hasMessageContaining("RFC 3339");
        assertThatThrownBy(() -> TimeText.nanos("99999999999999999999", "s"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimeText.nanos("1", "fortnight"))
                .hasMessageContaining("time unit 'fortnight'");
        assertThat(StepText.nanos("250ms")).isEqualTo(250_000_000);
        assertThatThrownBy(() -> StepText.nanos("soon")).hasMessageContaining("no step of time");
    }
}
