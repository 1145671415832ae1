package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.model.MeasurementId;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.LocalDate;

class PartIdTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final MeasurementId MEASUREMENT = new MeasurementId(12, 3);

    /// Whatever names are, the file system sees numbers.
    @Test
    void saysWhereItsFilesLie() {
        var id = new PartId(MEASUREMENT, DAY, 7);
        Path shard = Path.of("data", "shard-0");
        assertThat(id.parquetFile(shard))
                .isEqualTo(shard.resolve("parts/12/3/date=2026-11-23/0007.parquet"));
        assertThat(id.indexFile(shard))
                .isEqualTo(shard.resolve("parts/12/3/date=2026-11-23/0007.index"));
        assertThat(new PartId(MEASUREMENT, DAY, 123_456).parquetFile(shard))
                .hasFileName("123456.parquet");
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThatThrownBy(() -> new PartId(MEASUREMENT, DAY, -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new MeasurementId(0, 1)).hasMessageContaining("database=0");
        assertThatThrownBy(() -> new MeasurementId(1, -2)).hasMessageContaining("measurement=-2");
        assertThatThrownBy(() -> new PartNames("", "m", DAY, 1)).hasMessageContaining("names");
    }
}
