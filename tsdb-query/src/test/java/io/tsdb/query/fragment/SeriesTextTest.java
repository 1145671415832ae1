package io.tsdb.query.fragment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;

import java.util.Map;

class SeriesTextTest {
    @Test
    void escapesAsLineProtocolDoes() {
        assertThat(SeriesText.of(SeriesKey.of("my cpu,x=y", Map.of("a b", "c,d", "k", "v w=x"))))
                .isEqualTo("my\\ cpu\\,x=y,a\\ b=c\\,d,k=v\\ w\\=x");
    }

    /// They were one row of `SHOW SERIES`.
    @Test
    void tellsApartWhichSideOfTheEqualsSignALetterIsOn() {
        assertThat(SeriesText.of(SeriesKey.of("m", Map.of("a=b", "c")))).isEqualTo("m,a\\=b=c");
        assertThat(SeriesText.of(SeriesKey.of("m", Map.of("a", "b=c")))).isEqualTo("m,a=b\\=c");
    }
}
