package io.tsdb.storage.parquet;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.OffsetIndex;
import org.jspecify.annotations.Nullable;

/// A column chunk that lies in the file, and what the footer has to say of it.
///
/// @param columnIndex ranges of the pages; null when some page's range is unknown
/// @param pages for the part's own index
record WrittenChunk(
        ColumnChunk chunk,
        @Nullable ColumnIndex columnIndex,
        OffsetIndex offsetIndex,
        ChunkPages pages) {}
