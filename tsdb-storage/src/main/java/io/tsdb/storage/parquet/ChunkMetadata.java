package io.tsdb.storage.parquet;

import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What Parquet's metadata says of one column chunk, gathered while its pages are written. One
/// thread.
final class ChunkMetadata {
    private static final ByteBuffer NO_VALUE = ByteBuffer.allocate(0);

    private final String column;
    private final Type type;
    private @Nullable PageSpan dictionary;
    private final List<PageSpan> pages = new ArrayList<>();
    private final List<Long> firstRows = new ArrayList<>();
    private final List<Boolean> nullPages = new ArrayList<>();
    private final List<Long> nullCounts = new ArrayList<>();
    private final List<ByteBuffer> minValues = new ArrayList<>();
    private final List<ByteBuffer> maxValues = new ArrayList<>();
    private boolean ranged = true;
    private long rowCount;
    private long nullCount;

    ChunkMetadata(String column, Type type) {
        this.column = column;
        this.type = type;
    }

    void dictionary(PageSpan span) {
        dictionary = span;
    }

    /// @param min smallest value of the page, null when unknown; unused when it has no value
    void page(
            PageSpan span, int rows, int valueCount, byte @Nullable [] min, byte @Nullable [] max) {
        pages.add(span);
        firstRows.add(rowCount);
        nullPages.add(valueCount == 0);
        nullCounts.add((long) rows - valueCount);
        boolean known = valueCount > 0 && min != null && max != null;
        minValues.add(known && min != null ? ByteBuffer.wrap(min) : NO_VALUE);
        maxValues.add(known && max != null ? ByteBuffer.wrap(max) : NO_VALUE);
        ranged &= known || valueCount == 0;
        rowCount += rows;
        nullCount += rows - valueCount;
    }

    /// Pages for the part's index: none when no row has a value.
    ChunkPages pages() {
        return nullCount == rowCount ? ChunkPages.EMPTY : new ChunkPages(dictionary, pages);
    }

    boolean hasDictionary() {
        return dictionary != null;
    }

    private long firstOffset() {
        return dictionary == null ? pages.getFirst().offset() : dictionary.offset();
    }

    private long compressedBytes() {
        PageSpan last = pages.getLast();
        return last.offset() + last.length() - firstOffset();
    }

    /// @param rawBytes size before compression, headers included
    /// @param min smallest value of the chunk, null when unknown
    /// @param exact false when `min` and `max` may lie outside the chunk's values
    ColumnChunk chunk(
            Encoding encoding,
            long rawBytes,
            byte @Nullable [] min,
            byte @Nullable [] max,
            boolean exact) {
        var encodings = new ArrayList<>(List.of(Encoding.RLE, encoding));
        if (dictionary != null) {
            encodings.add(Encoding.PLAIN);
        }
        var metadata =
                new ColumnMetaData(
                        type,
                        encodings,
                        List.of(column),
                        CompressionCodec.ZSTD,
                        rowCount,
                        rawBytes,
                        compressedBytes(),
                        pages.getFirst().offset());
        if (dictionary != null) {
            metadata.setDictionary_page_offset(dictionary.offset());
        }
        var statistics = new Statistics();
        statistics.setNull_count(nullCount);
        if (min != null && max != null) {
            statistics.setMin_value(min);
            statistics.setMax_value(max);
            statistics.setIs_min_value_exact(exact);
            statistics.setIs_max_value_exact(exact);
        }
        metadata.setStatistics(statistics);
        var chunk = new ColumnChunk(0);
        chunk.setMeta_data(metadata);
        return chunk;
    }

    /// @return null when the range of some page is unknown
    @Nullable ColumnIndex columnIndex() {
        if (!ranged) {
            return null;
        }
        var index = new ColumnIndex(nullPages, minValues, maxValues, BoundaryOrder.UNORDERED);
        index.setNull_counts(nullCounts);
        return index;
    }

    OffsetIndex offsetIndex() {
        var locations = new ArrayList<PageLocation>(pages.size());
        for (int i = 0; i < pages.size(); i++) {
            PageSpan span = pages.get(i);
            locations.add(new PageLocation(span.offset(), span.length(), firstRows.get(i)));
        }
        return new OffsetIndex(locations);
    }
}
