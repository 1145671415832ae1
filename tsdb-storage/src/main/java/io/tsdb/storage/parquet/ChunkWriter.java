package io.tsdb.storage.parquet;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.FieldType;

import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Type;

import java.io.IOException;

/// Writes column chunks: one column of a row group, page by page. One thread; holds one page.
final class ChunkWriter {
    /// Largest dictionary of texts: a reader decodes it for every page it opens.
    private static final int TEXT_DICTIONARY_BYTES_MAX = 1 << 20;

    private final PageWriter writer;
    private final PageEncoder encoder = new PageEncoder();
    private final PageRows rows = new PageRows();
    private final EncodingChooser chooser;

    ChunkWriter(PageWriter writer) {
        this.writer = writer;
        this.chooser = new EncodingChooser(encoder, writer, rows);
    }

    WrittenChunk time(RowGroup group, TimeUnit unit) throws IOException {
        PageLoader loader = (page, target) -> target.loadTimes(group, page, unit);
        return time(loader, group.pageCount());
    }

    /// @param loader gives times in the file's unit
    WrittenChunk time(PageLoader loader, int pageCount) throws IOException {
        var metadata = new ChunkMetadata(ParquetColumns.TIME, Type.INT64);
        EncodingChooser.Choice choice =
                chooser.choose(NumericEncoding.ofTimes(), loader, pageCount, false, false);
        var chunkRange = new ValueRange(FieldType.INT64);
        var pageRange = new ValueRange(FieldType.INT64);
        for (int page = 0; page < pageCount; page++) {
            loader.load(page, rows);
            pageRange.clear();
            for (int i = 0; i < rows.valueCount(); i++) {
                pageRange.include(rows.values()[i], rows.values()[i]);
            }
            chunkRange.include(pageRange);
            ByteSink bytes = encoder.numbers(choice.encoding(), rows, false, null);
            PageSpan span = writer.dataPage(bytes, rows.rowCount(), choice.encoding().format());
            metadata.page(
                    span, rows.rowCount(), rows.valueCount(), pageRange.min(), pageRange.max());
        }
        return written(metadata, choice.encoding().format(), chunkRange);
    }

    /// An INT64, UINT64, FLOAT64 or BOOL field.
    WrittenChunk numbers(RowGroup group, int field) throws IOException {
        ParquetField column = group.columns().fields().get(field);
        FieldType type = column.type();
        var metadata = new ChunkMetadata(column.name(), formatType(type));
        PageLoader loader = (page, target) -> target.loadLongs(group, page, field);
        EncodingChooser.Choice choice =
                chooser.choose(
                        NumericEncoding.of(type),
                        loader,
                        group.pageCount(),
                        true,
                        type == FieldType.FLOAT64);
        LongDictionary dictionary = choice.dictionary();
        if (dictionary != null) {
            metadata.dictionary(
                    writer.dictionaryPage(encoder.dictionary(dictionary), dictionary.size()));
        }
        var chunkRange = new ValueRange(type);
        var pageRange = new ValueRange(type);
        Encoding format = choice.encoding().format();
        for (int page = 0; page < group.pageCount(); page++) {
            loader.load(page, rows);
            pageRange.clear();
            includeBlocks(group, page, field, pageRange);
            chunkRange.include(pageRange);
            ByteSink bytes = encoder.numbers(choice.encoding(), rows, true, dictionary);
            metadata.page(
                    writer.dataPage(bytes, rows.rowCount(), format),
                    rows.rowCount(),
                    rows.valueCount(),
                    pageRange.min(),
                    pageRange.max());
        }
        return written(metadata, format, chunkRange);
    }

    /// A STRING field.
    WrittenChunk texts(RowGroup group, int field) throws IOException {
        var dictionary = new TextDictionary();
        long valueCount = 0;
        for (int page = 0; page < group.pageCount(); page++) {
            rows.loadTexts(group, page, field, dictionary);
            valueCount += rows.valueCount();
        }
        return texts(
                group.columns().fields().get(field).name(),
                dictionary,
                valueCount,
                (page, target) -> target.loadTexts(group, page, field, dictionary),
                group.pageCount());
    }

    WrittenChunk tag(RowGroup group, int tag) throws IOException {
        return texts(
                group.columns().tags().get(tag),
                group.tagValues(tag),
                group.rowCount(),
                (page, target) -> target.loadTag(group, page, tag),
                group.pageCount());
    }

    private WrittenChunk texts(
            String name,
            TextDictionary dictionary,
            long valueCount,
            PageLoader loader,
            int pageCount)
            throws IOException {
        var metadata = new ChunkMetadata(name, Type.BYTE_ARRAY);
        boolean useDictionary =
                dictionary.size() <= 16
                        || (2L * dictionary.size() <= valueCount
                                && dictionary.heapSize() <= TEXT_DICTIONARY_BYTES_MAX);
        if (useDictionary && dictionary.size() > 0) {
            metadata.dictionary(
                    writer.dictionaryPage(encoder.dictionary(dictionary), dictionary.size()));
        }
        var chunkRange = new TextRange(dictionary);
        var pageRange = new TextRange(dictionary);
        Encoding format = metadata.hasDictionary() ? Encoding.RLE_DICTIONARY : Encoding.PLAIN;
        for (int page = 0; page < pageCount; page++) {
            loader.load(page, rows);
            pageRange.clear();
            pageRange.include(rows.ids(), rows.valueCount());
            chunkRange.include(pageRange);
            ByteSink bytes =
                    metadata.hasDictionary()
                            ? encoder.textIds(rows, dictionary)
                            : encoder.texts(rows, dictionary);
            metadata.page(
                    writer.dataPage(bytes, rows.rowCount(), format),
                    rows.rowCount(),
                    rows.valueCount(),
                    pageRange.lowerBound(),
                    pageRange.upperBound());
        }
        return new WrittenChunk(
                metadata.chunk(
                        format,
                        writer.takeRawBytes(),
                        chunkRange.lowerBound(),
                        chunkRange.upperBound(),
                        chunkRange.isExact()),
                metadata.columnIndex(),
                metadata.offsetIndex(),
                metadata.pages());
    }

    private WrittenChunk written(ChunkMetadata metadata, Encoding format, ValueRange range) {
        return new WrittenChunk(
                metadata.chunk(format, writer.takeRawBytes(), range.min(), range.max(), true),
                metadata.columnIndex(),
                metadata.offsetIndex(),
                metadata.pages());
    }

    private static void includeBlocks(RowGroup group, int page, int field, ValueRange range) {
        int fieldIndex = group.fieldIndex(field);
        for (int b = group.pageFirstBlock(page); b < group.pageFirstBlock(page + 1); b++) {
            Block block = group.block(b);
            int column = block.columnOf(fieldIndex);
            if (column >= 0) {
                range.include(block.statistics(column));
            }
        }
    }

    static Type formatType(FieldType type) {
        return switch (type) {
            case INT64, UINT64 -> Type.INT64;
            case FLOAT64 -> Type.DOUBLE;
            case BOOL -> Type.BOOLEAN;
            case STRING -> Type.BYTE_ARRAY;
        };
    }
}
