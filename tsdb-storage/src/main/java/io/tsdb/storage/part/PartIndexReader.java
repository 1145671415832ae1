package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ByteSource;
import io.tsdb.storage.parquet.ChunkPages;
import io.tsdb.storage.parquet.PageSpan;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetField;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.RowGroupPages;
import io.tsdb.storage.parquet.TimeUnit;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/// Reads an index file: checks its checksums, then everything that the part relies on. One thread.
final class PartIndexReader {
    private final String path;
    private final byte[] bytes;
    private final ByteSource in;
    private final ToIntFunction<SeriesKey> seriesIdOf;

    private PartIndexReader(String path, byte[] body, ToIntFunction<SeriesKey> seriesIdOf) {
        this.path = path;
        this.bytes = body;
        this.seriesIdOf = seriesIdOf;
        this.in = new ByteSource(path, PartIndexLayout.BODY_AT, body, 0, body.length);
    }

    /// @param path names the file in errors
    /// @param file all bytes of the file
    /// @param seriesIdOf the shard's ids of series; keys are not kept
    /// @throws CorruptDataException when the bytes are not those that were written, or when a newer
    ///   version wrote them
    static PartIndex read(String path, byte[] file, ToIntFunction<SeriesKey> seriesIdOf) {
        byte[] body =
                FramedFile.body(
                        path, file, file.length, PartIndexLayout.MAGIC, PartIndexLayout.VERSION);
        if (file.length != body.length + FramedFile.OVERHEAD_BYTES) {
            throw new CorruptDataException(
                    path, body.length + FramedFile.OVERHEAD_BYTES, "bytes follow the end");
        }
        return new PartIndexReader(path, body, seriesIdOf).read();
    }

    private PartIndex read() {
        PartNames id = id();
        ParquetColumns columns = columns();
        ParquetFile parquet = parquet(columns);
        PartIndex.Series series = series(id.measurement(), columns.tags());
        PartIndex.Blocks blocks = blocks(id, parquet.timeUnit());
        int blockCount = blocks.minTimes().length;
        if (series.firstBlocks()[series.ids().length] != blockCount) {
            throw in.corrupt("series that do not own the " + blockCount + " blocks");
        }
        int[] pageFirstBlocks = pageFirstBlocks(parquet, blocks);
        int statisticsAt = in.at();
        int[][] marks = marks(columns, blockCount, statisticsAt);
        if (in.remaining() > 0) {
            throw in.corrupt(in.remaining() + " bytes too many");
        }
        return new PartIndex(
                new PartIndex.Identity(id, columns, parquet),
                series,
                blocks,
                new PartIndex.Statistics(
                        path,
                        PartIndexLayout.BODY_AT + statisticsAt,
                        Arrays.copyOfRange(bytes, statisticsAt, bytes.length),
                        marks),
                pageFirstBlocks);
    }

    private PartNames id() {
        String database = in.getText();
        String measurement = in.getText();
        long day = in.getZigzag();
        long sequence = in.getVarint();
        try {
            var id = new PartNames(database, measurement, LocalDate.ofEpochDay(day), sequence);
            id.dayStartNanos();
            return id;
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw in.corrupt("no identity of a part (" + e.getMessage() + ")");
        }
    }

    private ParquetColumns columns() {
        var tags = new ArrayList<String>();
        int tagCount = in.getCount(in.remaining());
        for (int i = 0; i < tagCount; i++) {
            tags.add(in.getText());
        }
        var fields = new ArrayList<ParquetField>();
        int fieldCount = in.getCount(in.remaining());
        for (int i = 0; i < fieldCount; i++) {
            String name = in.getText();
            int type = in.getCount(Byte.MAX_VALUE);
            try {
                fields.add(new ParquetField(name, FieldType.ofId(type)));
            } catch (IllegalArgumentException e) {
                throw in.corrupt(String.valueOf(e.getMessage()));
            }
        }
        return new ParquetColumns(tags, fields);
    }

    private ParquetFile parquet(ParquetColumns columns) {
        long sizeBytes = in.getVarint();
        int checksum = in.getInt();
        TimeUnit unit = TimeUnit.ofId(in.getCount(Byte.MAX_VALUE), in);
        int groupCount = in.getCount(in.remaining());
        var groups = new ArrayList<RowGroupPages>(groupCount);
        long[] end = {0};
        for (int i = 0; i < groupCount; i++) {
            int pageCount = in.getCount(in.remaining());
            var pageRows = new ArrayList<Integer>(pageCount);
            for (int page = 0; page < pageCount; page++) {
                pageRows.add(in.getCount(Integer.MAX_VALUE));
            }
            ChunkPages time = chunk(pageCount, sizeBytes, end);
            var fields = new ArrayList<ChunkPages>();
            for (int field = 0; field < columns.fields().size(); field++) {
                fields.add(chunk(pageCount, sizeBytes, end));
            }
            groups.add(new RowGroupPages(pageRows, time, fields));
        }
        return new ParquetFile(sizeBytes, checksum, unit, groups);
    }

    private ChunkPages chunk(int pageCount, long sizeBytes, long[] end) {
        int kind = in.get();
        return switch (kind) {
            case PartIndexLayout.CHUNK_EMPTY -> new ChunkPages(null, List.of());
            case PartIndexLayout.CHUNK_PAGES ->
                    new ChunkPages(null, spans(pageCount, sizeBytes, end));
            case PartIndexLayout.CHUNK_DICTIONARY ->
                    new ChunkPages(span(sizeBytes, end), spans(pageCount, sizeBytes, end));
            default -> throw in.corrupt("a column of kind " + kind);
        };
    }

    private List<PageSpan> spans(int count, long sizeBytes, long[] end) {
        var spans = new ArrayList<PageSpan>(count);
        for (int i = 0; i < count; i++) {
            spans.add(span(sizeBytes, end));
        }
        return spans;
    }

    private PageSpan span(long sizeBytes, long[] end) {
        long offset = end[0] + in.getZigzag();
        int length = in.getCount(Integer.MAX_VALUE);
        if (offset < 0 || offset > sizeBytes - length) {
            throw in.corrupt("a page at " + offset + " in a file of " + sizeBytes + " bytes");
        }
        end[0] = offset + length;
        return new PageSpan(offset, length, in.getInt());
    }

    private PartIndex.Series series(String measurement, List<String> tags) {
        var tagValues = new ArrayList<byte[][]>();
        for (int tag = 0; tag < tags.size(); tag++) {
            byte[][] values = new byte[in.getCount(in.remaining())][];
            for (int id = 0; id < values.length; id++) {
                values[id] = in.getBytes(in.getCount(SeriesKey.BYTES_MAX));
            }
            tagValues.add(values);
        }
        var keys = new SeriesKeys(measurement, tags);
        int[] ids = new int[in.getCount(in.remaining())];
        int[] firstBlocks = new int[ids.length + 1];
        byte[] @Nullable [] values = new byte[tags.size()][];
        for (int i = 0; i < ids.length; i++) {
            for (int tag = 0; tag < values.length; tag++) {
                int id = in.getCount(tagValues.get(tag).length);
                values[tag] = id == 0 ? null : tagValues.get(tag)[id - 1];
            }
            ids[i] = seriesIdOf.applyAsInt(keys.of(values));
            firstBlocks[i + 1] = firstBlocks[i] + in.getCount(Integer.MAX_VALUE - firstBlocks[i]);
        }
        return new PartIndex.Series(ids, firstBlocks);
    }

    private PartIndex.Blocks blocks(PartNames id, TimeUnit unit) {
        int count = in.getCount(in.remaining());
        long[] firstRows = new long[count + 1];
        long[] minTimes = new long[count];
        long[] maxTimes = new long[count];
        long before = id.dayStartNanos() / unit.nanos();
        for (int i = 0; i < count; i++) {
            firstRows[i + 1] = firstRows[i] + in.getCount(Block.POINTS_MAX);
            long from = before + in.getZigzag();
            before = from + in.getVarint();
            minTimes[i] = from * unit.nanos();
            maxTimes[i] = before * unit.nanos();
        }
        return new PartIndex.Blocks(firstRows, minTimes, maxTimes);
    }

    /// Pages end where blocks end, in every row group.
    private int[] pageFirstBlocks(ParquetFile parquet, PartIndex.Blocks blocks) {
        int pageCount = 0;
        for (RowGroupPages group : parquet.rowGroups()) {
            pageCount += group.pageRows().size();
        }
        int[] pageFirstBlocks = new int[pageCount + 1];
        int page = 0;
        long rows = 0;
        for (RowGroupPages group : parquet.rowGroups()) {
            for (int pageRows : group.pageRows()) {
                rows += pageRows;
                int end = Arrays.binarySearch(blocks.firstRows(), rows);
                if (end < 0) {
                    throw in.corrupt("a page that ends within a block, at row " + rows);
                }
                pageFirstBlocks[++page] = end;
            }
        }
        if (pageFirstBlocks[pageCount] != blocks.minTimes().length) {
            throw in.corrupt("pages of " + rows + " rows, blocks of more");
        }
        return pageFirstBlocks;
    }

    private int[][] marks(ParquetColumns columns, int blockCount, int base) {
        int[][] marks = new int[columns.fields().size()][];
        for (int field = 0; field < marks.length; field++) {
            FieldType type = columns.fields().get(field).type();
            int length = in.getCount(in.remaining());
            int end = in.at() + length;
            int distance = PartIndex.MARK_DISTANCE;
            marks[field] = new int[(blockCount + distance - 1) / distance];
            for (int block = 0; block < blockCount; block++) {
                if (block % distance == 0) {
                    marks[field][block / distance] = in.at() - base;
                }
                StatisticsForm.skip(type, in.get(), in);
            }
            if (in.at() != end) {
                throw in.corrupt("statistics that do not end where they should");
            }
        }
        return marks;
    }
}
