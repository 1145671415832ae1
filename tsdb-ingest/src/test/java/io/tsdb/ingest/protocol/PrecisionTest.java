package io.tsdb.ingest.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionTest {
    private static final long SECOND = 1_000_000_000L;

    /// The union of what the servers that clients were written for accept.
    @ParameterizedTest
    @CsvSource({
        "n,NS",
        "ns,NS",
        "nanosecond,NS",
        "u,US",
        "us,US",
        "\u00b5,US",
        "\u03bc,US",
        "microsecond,US",
        "ms,MS",
        "millisecond,MS",
        "s,S",
        "second,S",
        "m,M",
        "h,H",
        "auto,AUTO"
    })
    void readsEverySpelling(String text, Precision expected) {
        assertThat(Precision.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NS", "S", "d", "nanoseconds", "1s", "minute", "ns "})
    void refusesOtherSpellings(String text) {
        assertThat(Precision.parse(text)).isEmpty();
    }

    @Test
    void refusesWhatPassesTheRangeInsteadOfWrapping() {
        assertThat(Precision.S.toNanos(9_223_372_036L)).isEqualTo(9_223_372_036L * SECOND);
        assertThat(Precision.S.toNanos(9_223_372_037L)).isEqualTo(Precision.OUT_OF_RANGE);
        assertThat(Precision.S.toNanos(-9_223_372_037L)).isEqualTo(Precision.OUT_OF_RANGE);
        assertThat(Precision.H.toNanos(Long.MAX_VALUE)).isEqualTo(Precision.OUT_OF_RANGE);
        // 2^61 * 60e9 wraps to a small number.
        assertThat(Precision.M.toNanos(1L << 61)).isEqualTo(Precision.OUT_OF_RANGE);
        assertThat(Precision.M.toNanos(Long.MIN_VALUE)).isEqualTo(Precision.OUT_OF_RANGE);
    }

    /// Half-open ranges need a nanosecond after the latest time, and one before the earliest.
    @Test
    void leavesRoomAtBothEndsOfTime() {
        assertThat(Precision.NS.toNanos(Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(Precision.NS.toNanos(Long.MAX_VALUE)).isEqualTo(Precision.OUT_OF_RANGE);
        assertThat(Precision.NS.toNanos(Long.MIN_VALUE + 2)).isEqualTo(Long.MIN_VALUE + 2);
        assertThat(Precision.NS.toNanos(Long.MIN_VALUE + 1)).isEqualTo(Precision.OUT_OF_RANGE);
        assertThat(Precision.AUTO.toNanos(Long.MAX_VALUE)).isEqualTo(Precision.OUT_OF_RANGE);
        assertThat(Precision.AUTO.toNanos(Long.MIN_VALUE)).isEqualTo(Precision.OUT_OF_RANGE);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "4999999999,4999999999000000000",
        "5000000000,5000000000000000",
        "4999999999999,4999999999999000000",
        "5000000000000,5000000000000000",
        "4999999999999999,4999999999999999000",
        "5000000000000000,5000000000000000",
        "-5000000000000000,-5000000000000000",
        "-1,-1000000000"
    })
    void guessesTheUnitFromTheMagnitude(long timestamp, long nanos) {
        assertThat(Precision.AUTO.toNanos(timestamp)).isEqualTo(nanos);
    }

    @Test
    void truncatesTheServerTime() {
        long time = 1_700_000_000_123_456_789L;
        assertThat(Precision.NS.truncate(time)).isEqualTo(time);
        assertThat(Precision.AUTO.truncate(time)).isEqualTo(time);
        assertThat(Precision.US.truncate(time)).isEqualTo(1_700_000_000_123_456_000L);
        assertThat(Precision.S.truncate(time)).isEqualTo(1_700_000_000_000_000_000L);
        assertThat(Precision.H.truncate(time) % (3600 * SECOND)).isZero();
        assertThat(Precision.S.truncate(-1)).isEqualTo(-SECOND);
    }
}
