package io.tsdb.storage.parquet;

import java.util.List;

/// A finished file, as the part's index describes it.
///
/// @param crc32c CRC-32C of all its bytes
/// @param rowGroups where the pages lie, row group by row group
public record ParquetFile(
        long sizeBytes, int crc32c, TimeUnit timeUnit, List<RowGroupPages> rowGroups) {
    public ParquetFile {
        rowGroups = List.copyOf(rowGroups);
    }
}
