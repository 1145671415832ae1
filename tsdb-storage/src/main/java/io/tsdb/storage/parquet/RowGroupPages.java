package io.tsdb.storage.parquet;

import java.util.List;

/// Pages of one row group that hold what blocks are made of: times and fields.
///
/// All columns are cut into pages at the same rows, which are edges of blocks.
///
/// @param pageRows rows of each page
/// @param time pages of the `time` column
/// @param fields pages of each field, as in [ParquetColumns#fields()]
public record RowGroupPages(List<Integer> pageRows, ChunkPages time, List<ChunkPages> fields) {
    public RowGroupPages {
        pageRows = List.copyOf(pageRows);
        fields = List.copyOf(fields);
    }
}
