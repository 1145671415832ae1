package io.tsdb.storage.parquet;

import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a file that [ParquetWriter] wrote says of itself: columns, pages, key-value pairs. Used to
/// make an index anew; every page is checked by Parquet's own checksum.
///
/// @param rowGroups pages of times and fields, with the checksums an index keeps
/// @param tagPages for each row group the pages of each tag
public record ParquetFooter(
        ParquetColumns columns,
        TimeUnit timeUnit,
        Map<String, String> keyValues,
        List<RowGroupPages> rowGroups,
        List<List<ChunkPages>> tagPages) {
    private static final int TAIL_BYTES = 8;

    /// Reads the footer and takes stock of all pages.
    ///
    /// @param sizeBytes size of the file
    /// @param tagCountKey key of the pair that says how many columns behind `time` are tags
    /// @throws CorruptDataException when footer or pages are not what was written
    public static ParquetFooter read(PageFile file, long sizeBytes, String tagCountKey) {
        return new Reader(file, sizeBytes).read(tagCountKey);
    }

    /// One thread.
    private record Reader(PageFile file, long sizeBytes) {
        ParquetFooter read(String tagCountKey) {
            FileMetaData metadata = metadata();
            var keyValues = new HashMap<String, String>();
            List<KeyValue> pairs = metadata.getKey_value_metadata();
            if (pairs != null) {
                pairs.forEach(pair -> keyValues.put(pair.getKey(), pair.getValue()));
            }
            List<SchemaElement> schema = present(metadata.getSchema(), "schema");
            int tagCount = tagCount(keyValues.get(tagCountKey), schema.size());
            ParquetColumns columns = columns(schema, tagCount);
            var groups = new ArrayList<RowGroupPages>();
            var tagPages = new ArrayList<List<ChunkPages>>();
            try (var pages = new PageReader(file)) {
                for (RowGroup group : present(metadata.getRow_groups(), "row groups")) {
                    if (present(group.getColumns(), "columns").size() != columns.count()) {
                        throw corrupt("a row group of other columns than the schema");
                    }
                    readGroup(group, tagCount, pages, groups, tagPages);
                }
            }
            return new ParquetFooter(columns, timeUnit(schema.get(1)), keyValues, groups, tagPages);
        }

        private void readGroup(
                RowGroup group,
                int tagCount,
                PageReader pages,
                List<RowGroupPages> groups,
                List<List<ChunkPages>> tagPages) {
            List<ColumnChunk> columns = present(group.getColumns(), "columns");
            List<PageLocation> locations = locations(columns.getFirst());
            var pageRows = new ArrayList<Integer>();
            for (int page = 0; page < locations.size(); page++) {
                long end =
                        page + 1 < locations.size()
                                ? locations.get(page + 1).getFirst_row_index()
                                : group.getNum_rows();
                pageRows.add(size(end - locations.get(page).getFirst_row_index()));
            }
            var chunks = new ArrayList<ChunkPages>();
            for (ColumnChunk column : columns) {
                chunks.add(chunk(column, pageRows.size(), pages));
            }
            int firstField = 1 + tagCount;
            groups.add(
                    new RowGroupPages(
                            pageRows,
                            chunks.getFirst(),
                            chunks.subList(firstField, chunks.size())));
            tagPages.add(List.copyOf(chunks.subList(1, firstField)));
        }

        private ChunkPages chunk(ColumnChunk column, int pageCount, PageReader reader) {
            ColumnMetaData metadata = present(column.getMeta_data(), "column metadata");
            boolean empty =
                    metadata.getStatistics() != null
                            && metadata.getStatistics().getNull_count() == metadata.getNum_values();
            var spans = new ArrayList<PageSpan>();
            for (PageLocation page : locations(column)) {
                spans.add(
                        reader.spanOf(
                                page.getOffset(),
                                page.getCompressed_page_size(),
                                PageType.DATA_PAGE));
            }
            if (spans.size() != pageCount) {
                throw corrupt("a column of " + spans.size() + " pages instead of " + pageCount);
            }
            PageSpan dictionary = null;
            if (metadata.isSetDictionary_page_offset()) {
                long from = metadata.getDictionary_page_offset();
                dictionary =
                        reader.spanOf(
                                from,
                                size(metadata.getData_page_offset() - from),
                                PageType.DICTIONARY_PAGE);
            }
            return empty ? ChunkPages.EMPTY : new ChunkPages(dictionary, spans);
        }

        private List<PageLocation> locations(ColumnChunk column) {
            byte[] bytes = bytes(column.getOffset_index_offset(), column.getOffset_index_length());
            OffsetIndex index;
            try {
                index = Util.readOffsetIndex(new ByteArrayInputStream(bytes));
            } catch (IOException | RuntimeException e) { // the library checks some values itself
                throw new CorruptDataException(
                        file.path(), column.getOffset_index_offset(), "no page index there");
            }
            return present(index.getPage_locations(), "page locations");
        }

        private FileMetaData metadata() {
            byte[] tail = bytes(sizeBytes - TAIL_BYTES, TAIL_BYTES);
            var in = new ByteSource(file.path(), sizeBytes - TAIL_BYTES, tail, 0, tail.length);
            int length = in.getInt();
            if (!java.util.Arrays.equals(FileMetadata.MAGIC, in.getBytes(4))
                    || length < 0
                    || length > sizeBytes - TAIL_BYTES) {
                throw corrupt("no end of a Parquet file");
            }
            byte[] bytes = bytes(sizeBytes - TAIL_BYTES - length, length);
            try {
                return Util.readFileMetaData(new ByteArrayInputStream(bytes));
            } catch (IOException | RuntimeException e) { // as above
                throw corrupt("a footer that cannot be read: " + e.getMessage());
            }
        }

        private <T> T present(@Nullable T value, String what) {
            if (value == null) {
                throw corrupt("metadata without " + what);
            }
            return value;
        }

        private int tagCount(@Nullable String text, int schemaSize) {
            if (text == null || !text.matches("[0-9]{1,5}")) {
                throw corrupt("no part of this database (it does not say how many tags it has)");
            }
            int count = Integer.parseInt(text);
            if (count > schemaSize - 2) {
                throw corrupt(count + " tags in a schema of " + schemaSize + " elements");
            }
            return count;
        }

        private ParquetColumns columns(List<SchemaElement> schema, int tagCount) {
            var tags = new ArrayList<String>();
            var fields = new ArrayList<ParquetField>();
            for (int i = 2; i < schema.size(); i++) {
                SchemaElement element = schema.get(i);
                if (i < 2 + tagCount) {
                    tags.add(present(element.getName(), "name"));
                } else {
                    fields.add(
                            new ParquetField(
                                    present(element.getName(), "name"), fieldType(element)));
                }
            }
            return new ParquetColumns(tags, fields);
        }

        private FieldType fieldType(SchemaElement element) {
            var type = element.getType();
            var logical = element.getLogicalType();
            if (logical != null && logical.isSetINTEGER() && !logical.getINTEGER().isIsSigned()) {
                if (type == Type.INT64 && logical.getINTEGER().getBitWidth() == Long.SIZE) {
                    return FieldType.UINT64;
                }
            } else if (type != null) {
                for (FieldType candidate : FieldType.values()) {
                    if (ChunkWriter.formatType(candidate) == type) {
                        return candidate;
                    }
                }
            }
            throw corrupt("column '" + element.getName() + "' of type " + type);
        }

        private TimeUnit timeUnit(SchemaElement time) {
            var logical = time.getLogicalType();
            if (logical == null || !logical.isSetTIMESTAMP()) {
                throw corrupt("a first column that is no timestamp");
            }
            return present(logical.getTIMESTAMP().getUnit(), "time unit").isSetMICROS()
                    ? TimeUnit.MICROS
                    : TimeUnit.NANOS;
        }

        private int size(long value) {
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw corrupt("metadata of a page of " + value + " rows or bytes");
            }
            return (int) value;
        }

        private byte[] bytes(long offset, int length) {
            if (offset < 0 || length < 0 || offset > sizeBytes - length) {
                throw corrupt("metadata at " + offset + ", which is outside");
            }
            byte[] bytes = new byte[length];
            file.read(offset, bytes, length);
            return bytes;
        }

        private CorruptDataException corrupt(String what) {
            return new CorruptDataException(file.path(), sizeBytes, what);
        }
    }
}
