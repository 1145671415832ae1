package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ChunkPages;
import io.tsdb.storage.parquet.DecodedPage;
import io.tsdb.storage.parquet.PageReader;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.ParquetFooter;
import io.tsdb.storage.parquet.RowGroupPages;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Makes the index file of a part anew from its Parquet file: byte for byte what it was. One
/// thread; holds the pages that cover the same rows.
public final class PartIndexRebuild {
    private final PartId id;
    private final MappedFile file;
    private final ParquetFooter footer;
    private final PartIndexBuilder index;
    private final int[] fieldIndexes;
    private final PartNames names;
    private final SeriesKeys keys;
    private final List<Integer> rowCounts;

    /// The part may have another one here: when it came from another replica.
    private final long writtenSequence;

    private int block;
    private @Nullable SeriesKey series;

    private PartIndexRebuild(PartId id, MappedFile file, long sizeBytes) {
        this.id = id;
        this.file = file;
        this.footer = ParquetFooter.read(file, sizeBytes, PartFooter.TAG_COUNT);
        ParquetColumns columns = footer.columns();
        this.fieldIndexes = IntStream.range(0, columns.fields().size()).toArray();
        this.index = new PartIndexBuilder(columns, fieldIndexes);
        this.names =
                new PartNames(
                        required(PartFooter.DATABASE),
                        required(PartFooter.MEASUREMENT),
                        id.date(),
                        id.sequence());
        this.writtenSequence = writtenSequence();
        this.keys = new SeriesKeys(names.measurement(), columns.tags());
        this.rowCounts =
                BlockRuns.rowCounts(
                        file.path(), footer.keyValues().getOrDefault(BlockRuns.KEY, ""));
    }

    /// Writes the index file of a part, in place of what is there.
    ///
    /// @return what the manifest keeps of the part
    /// @throws CorruptDataException when the Parquet file itself is damaged, or is another part's
    public static PartSummary rebuild(FileStore io, Path shardDirectory, PartId id)
            throws IOException {
        Path path = id.parquetFile(shardDirectory);
        long sizeBytes = MappedFile.sizeOf(io, path);
        try (MappedFile file = MappedFile.open(io, path, sizeBytes)) {
            var rebuild = new PartIndexRebuild(id, file, sizeBytes);
            rebuild.readRows();
            var parquet =
                    new ParquetFile(
                            sizeBytes,
                            file.checksum(),
                            rebuild.footer.timeUnit(),
                            rebuild.footer.rowGroups());
            return PartWriter.writeIndex(
                    io,
                    shardDirectory,
                    id,
                    rebuild.names,
                    rebuild.origin(),
                    rebuild.index,
                    parquet);
        }
    }

    /// Parts of the first version do not say it.
    private PartOrigin origin() {
        String text = footer.keyValues().get(PartFooter.ORIGIN);
        if (text == null) {
            return PartOrigin.unknown(writtenSequence);
        }
        String[] numbers = text.split(" ", -1);
        try {
            return new PartOrigin(
                    Long.parseLong(numbers[0]),
                    Long.parseLong(numbers[1]),
                    Long.parseLong(numbers[2]),
                    Long.parseLong(numbers[3]));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw corrupt("footer entry %s is '%s'".formatted(PartFooter.ORIGIN, text));
        }
    }

    private void readRows() {
        requireSame(PartFooter.FORMAT, PartFooter.FORMAT_VERSION);
        if (footer.keyValues().containsKey(PartFooter.NUMBERS)) {
            requireSame(PartFooter.NUMBERS, id.measurement().toString());
        }
        requireSame(PartFooter.DATE, id.date().toString());
        try (var reader = new PageReader(file)) {
            for (int group = 0; group < footer.rowGroups().size(); group++) {
                RowGroupPages pages = footer.rowGroups().get(group);
                for (int page = 0; page < pages.pageRows().size(); page++) {
                    addPage(reader, pages, footer.tagPages().get(group), page);
                }
            }
        }
        if (block != rowCounts.size()) {
            throw corrupt(
                    "rows of %d blocks where the footer has %d".formatted(block, rowCounts.size()));
        }
    }

    private void addPage(
            PageReader reader, RowGroupPages group, List<ChunkPages> tagChunks, int page) {
        int rows = group.pageRows().get(page);
        DecodedPage times = reader.times(group.time().pages().get(page), rows, footer.timeUnit());
        var fields = new ArrayList<DecodedPage>();
        for (int field = 0; field < fieldIndexes.length; field++) {
            FieldType type = footer.columns().fields().get(field).type();
            fields.add(read(reader, type, group.fields().get(field), page, rows));
        }
        var tags = new ArrayList<TagPage>();
        for (ChunkPages chunk : tagChunks) {
            tags.add(new TagPage(read(reader, FieldType.STRING, chunk, page, rows)));
        }
        var blocks = new PageBlocks(footer.columns(), fieldIndexes, times, fields);
        for (int row = 0; row < rows; ) {
            if (block == rowCounts.size() || rowCounts.get(block) > rows - row) {
                throw corrupt("a page that ends within block " + block);
            }
            SeriesKey key = key(tags, row);
            if (series == null || !series.equals(key)) {
                index.series(key);
                series = key;
            }
            int count = rowCounts.get(block++);
            Block content = blocks.next(count);
            index.block(content);
            row += count;
        }
    }

    private static DecodedPage read(
            PageReader reader, FieldType type, ChunkPages chunk, int page, int rows) {
        return chunk.pages().isEmpty()
                ? DecodedPage.absent(rows)
                : reader.values(type, chunk, page, rows);
    }

    /// A page of a tag, read row after row.
    private static final class TagPage {
        private final DecodedPage page;
        private int row;
        private int taken;

        TagPage(DecodedPage page) {
            this.page = page;
        }

        /// @param at not smaller than before
        /// @return null when the row lacks the tag
        byte @Nullable [] value(int at) {
            for (; row < at; row++) {
                taken += page.isPresent(row) ? 1 : 0;
            }
            if (!page.isPresent(at)) {
                return null;
            }
            long ref = page.values()[taken];
            int from = (int) (ref >>> 32);
            return Arrays.copyOfRange(page.heap(), from, from + (int) ref);
        }
    }

    private SeriesKey key(List<TagPage> tags, int row) {
        byte[] @Nullable [] values = new byte[tags.size()][];
        for (int tag = 0; tag < values.length; tag++) {
            values[tag] = tags.get(tag).value(row);
        }
        return keys.of(values);
    }

    private String required(String key) {
        String found = footer.keyValues().get(key);
        if (found == null || found.isEmpty()) {
            throw corrupt("footer entry %s is missing".formatted(key));
        }
        return found;
    }

    private long writtenSequence() {
        String text = required(PartFooter.SEQUENCE);
        try {
            return new PartId(id.measurement(), id.date(), Long.parseLong(text)).sequence();
        } catch (IllegalArgumentException _) {
            throw corrupt(
                    "footer entry %s is '%s', no number of a part"
                            .formatted(PartFooter.SEQUENCE, text));
        }
    }

    private void requireSame(String key, String expected) {
        String found = footer.keyValues().get(key);
        if (!expected.equals(found)) {
            throw corrupt("footer entry %s is %s, not %s".formatted(key, found, expected));
        }
    }

    private CorruptDataException corrupt(String what) {
        return new CorruptDataException(file.path(), 0, what);
    }
}
