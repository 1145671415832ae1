package io.tsdb.storage.parquet;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Pages of one column in one row group.
///
/// @param dictionary values that the pages' ids stand for; null when pages hold values
/// @param pages one for each span of rows that the row group is cut into; empty when the column has
///   no value in the whole row group
public record ChunkPages(@Nullable PageSpan dictionary, List<PageSpan> pages) {
    static final ChunkPages EMPTY = new ChunkPages(null, List.of());

    public ChunkPages {
        pages = List.copyOf(pages);
    }
}
