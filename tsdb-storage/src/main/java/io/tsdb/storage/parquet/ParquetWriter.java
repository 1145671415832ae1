package io.tsdb.storage.parquet;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.io.DataFile;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes one Parquet file, row group by row group. One thread; after an I/O error the file is of
/// no use.
public final class ParquetWriter implements AutoCloseable {
    private final ParquetColumns columns;
    private final ParquetOutput output;
    private final PageWriter pageWriter;
    private final ChunkWriter chunkWriter;
    private TimeUnit timeUnit;
    private final List<WrittenRowGroup> rowGroups = new ArrayList<>();
    private long rowCount;

    /// A row group that lies in the file; its time chunk may be written anew.
    private record WrittenRowGroup(
            int rowCount, List<Integer> pageRows, boolean sorted, List<WrittenChunk> chunks) {}

    /// Begins the file.
    ///
    /// @param file new and empty; closed with the writer
    /// @param path names the file in errors
    /// @param timeUnit of times; it becomes nanoseconds where they need it
    public ParquetWriter(
            DataFile file, String path, ParquetColumns columns, int zstdLevel, TimeUnit timeUnit)
            throws IOException {
        this.timeUnit = timeUnit;
        this.columns = columns;
        this.output = new ParquetOutput(file, path);
        this.pageWriter = new PageWriter(output, zstdLevel);
        this.chunkWriter = new ChunkWriter(pageWriter);
        output.write(FileMetadata.MAGIC, FileMetadata.MAGIC.length);
    }

    public void write(RowGroup rows) throws IOException {
        if (timeUnit == TimeUnit.MICROS && !isWholeMicros(rows)) {
            widenTimes();
        }
        var pageRows = new ArrayList<Integer>(rows.pageCount());
        for (int page = 0; page < rows.pageCount(); page++) {
            pageRows.add(rows.pageRows(page));
        }
        var chunks = new ArrayList<WrittenChunk>(columns.count());
        chunks.add(chunkWriter.time(rows, timeUnit));
        for (int tag = 0; tag < columns.tags().size(); tag++) {
            chunks.add(chunkWriter.tag(rows, tag));
        }
        for (int field = 0; field < columns.fields().size(); field++) {
            chunks.add(
                    switch (columns.fields().get(field).type()) {
                        case INT64, UINT64, FLOAT64, BOOL -> chunkWriter.numbers(rows, field);
                        case STRING -> chunkWriter.texts(rows, field);
                    });
        }
        rowGroups.add(
                new WrittenRowGroup(rows.rowCount(), pageRows, rows.isSortedByTags(), chunks));
        rowCount += rows.rowCount();
    }

    /// Writes page indexes and footer and makes the file durable.
    ///
    /// @param keyValues application data of the footer
    public ParquetFile finish(Map<String, String> keyValues) throws IOException {
        ParquetFile finished = finishUnsynced(keyValues);
        output.sync();
        return finished;
    }

    /// Like [#finish], for a caller that syncs the file itself.
    public ParquetFile finishUnsynced(Map<String, String> keyValues) throws IOException {
        var groups = new ArrayList<org.apache.parquet.format.RowGroup>();
        for (WrittenRowGroup group : rowGroups) {
            groups.add(FileMetadata.rowGroup(group.chunks, columns, group.rowCount, group.sorted));
        }
        writePageIndexes();
        FileMetaData metadata = FileMetadata.of(columns, timeUnit, rowCount, groups, keyValues);
        FileMetadata.writeFooter(metadata, output);
        output.drain();
        return new ParquetFile(output.position(), output.checksum(), timeUnit, rowGroupPages());
    }

    /// Bytes written so far.
    public long sizeBytes() {
        return output.position();
    }

    /// Takes back the choice of microseconds: a time needs nanoseconds, and earlier row groups are
    /// already written. Their time columns are written once more, in nanoseconds, and the first
    /// ones stay behind unused; a fleet that mixes clocks so is rare.
    private void widenTimes() throws IOException {
        timeUnit = TimeUnit.NANOS;
        for (WrittenRowGroup group : rowGroups) {
            ChunkPages pages = group.chunks.getFirst().pages();
            try (var reader = new PageReader(output)) {
                PageLoader loader =
                        (page, target) -> {
                            PageSpan span = pages.pages().get(page);
                            int rows = group.pageRows.get(page);
                            DecodedPage times = reader.times(span, rows, TimeUnit.MICROS);
                            target.loadValues(times.values(), rows);
                        };
                group.chunks.set(0, chunkWriter.time(loader, group.pageRows.size()));
            }
        }
    }

    private static boolean isWholeMicros(RowGroup rows) {
        long[] times = new long[Block.POINTS_MAX];
        for (int b = 0; b < rows.blockCount(); b++) {
            Block block = rows.block(b);
            block.decodeTimes(times);
            for (int i = 0; i < block.pointCount(); i++) {
                if (times[i] % TimeUnit.MICROS.nanos() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private void writePageIndexes() throws IOException {
        for (WrittenRowGroup group : rowGroups) {
            for (WrittenChunk written : group.chunks) {
                ColumnIndex index = written.columnIndex();
                if (index != null) {
                    ColumnChunk chunk = written.chunk();
                    chunk.setColumn_index_offset(output.position());
                    chunk.setColumn_index_length(append(out -> Util.writeColumnIndex(index, out)));
                }
            }
        }
        for (WrittenRowGroup group : rowGroups) {
            for (WrittenChunk written : group.chunks) {
                ColumnChunk chunk = written.chunk();
                chunk.setOffset_index_offset(output.position());
                chunk.setOffset_index_length(
                        append(out -> Util.writeOffsetIndex(written.offsetIndex(), out)));
            }
        }
    }

    private List<RowGroupPages> rowGroupPages() {
        int firstField = 1 + columns.tags().size();
        var pages = new ArrayList<RowGroupPages>(rowGroups.size());
        for (WrittenRowGroup group : rowGroups) {
            pages.add(
                    new RowGroupPages(
                            group.pageRows,
                            group.chunks.getFirst().pages(),
                            group.chunks.subList(firstField, group.chunks.size()).stream()
                                    .map(WrittenChunk::pages)
                                    .toList()));
        }
        return pages;
    }

    private interface MetadataPart {
        void writeTo(ByteArrayOutputStream out) throws IOException;
    }

    /// @return bytes appended
    private int append(MetadataPart part) throws IOException {
        var bytes = new ByteArrayOutputStream();
        part.writeTo(bytes);
        output.write(bytes.toByteArray(), bytes.size());
        return bytes.size();
    }

    /// Lets go of what writing took; the file stays open, for its owner to sync.
    public void release() {
        pageWriter.close();
    }

    @Override
    public void close() throws IOException {
        pageWriter.close();
        output.close();
    }
}
