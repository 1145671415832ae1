package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A second reader that has no code in common with DuckDB finds the same rows.
class PartHardwoodOracleTest {
    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({"31, 1000, 9000", "32, 1, 400000"})
    void readsTheRowsThatWereWritten(long seed, int timeUnitNanos, int rowGroupRows)
            throws IOException {
        PartSample sample = PartSample.mixed(seed, 12, timeUnitNanos);
        PartSummary summary = sample.write(directory, 1, new PartConfig(3, rowGroupRows));
        assertThat(
                        rows(
                                summary.id().parquetFile(directory),
                                PartRows.columns(sample),
                                sample.unsignedFields()))
                .isEqualTo(PartRows.of(sample));
    }

    private static List<String> rows(Path file, List<String> columns, Set<String> unsigned)
            throws IOException {
        var rows = new ArrayList<String>();
        try (ParquetFileReader parquet = ParquetFileReader.open(InputFile.of(file));
                RowReader reader = parquet.rowReader()) {
            while (reader.hasNext()) {
                reader.next();
                Instant time = reader.getTimestamp("time");
                var row = new StringBuilder();
                row.append(time.getEpochSecond() * 1_000_000_000L + time.getNano());
                for (String column : columns) {
                    Object value = reader.isNull(column) ? null : reader.getValue(column);
                    // this reader gives the bits of unsigned numbers
                    boolean isUnsigned = unsigned.contains(column);
                    row.append('|')
                            .append(
                                    isUnsigned && value instanceof Long bits
                                            ? Long.toUnsignedString(bits)
                                            : PartRows.text(value));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }
}
