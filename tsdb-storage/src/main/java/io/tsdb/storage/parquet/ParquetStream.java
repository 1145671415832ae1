package io.tsdb.storage.parquet;

import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/// Rows of any columns as one Parquet file that is written from front to back and never looked at
/// again, such as a download. Every column is optional, plain, compressed by zstd, one page a row
/// group; a row group has so many rows or bytes at most that it fits in memory. Times are
/// nanoseconds in UTC. One thread.
///
/// Values of a batch come column by column: [#begin], then for each column its presence and values,
/// then [#endBatch].
public final class ParquetStream implements AutoCloseable {
    /// Most rows of a row group.
    public static final int GROUP_ROWS_MAX = 1 << 17;

    /// Most bytes of the values of a row group, but for its last batch.
    public static final int GROUP_BYTES_MAX = 4 << 20;

    private static final int ZSTD_LEVEL = 1;

    /// Values, the page that is made of them, what becomes of it compressed.
    private static final int COPIES = 3;

    /// Takes what is written, in order.
    @FunctionalInterface
    public interface Target {
        /// @param bytes only `[0, length)` counts; copied or written before it returns
        void write(byte[] bytes, int length) throws IOException;
    }

    /// What a column holds.
    public enum Kind {
        TIMESTAMP,
        INT64,
        UINT64,
        FLOAT64,
        BOOL,
        STRING
    }

    /// @param name unlike that of any other column
    public record Column(String name, Kind kind) {}

    /// Values of one column that wait for their page.
    private static final class Waiting {
        private final ByteSink values = new ByteSink(1 << 10);
        private int[] levels = new int[1 << 10];
        private int bits;
        private int bitCount;
        private int nullCount;

        private void addLevel(int row, boolean isPresent) {
            if (row == levels.length) {
                levels = Arrays.copyOf(levels, 2 * row);
            }
            levels[row] = isPresent ? 1 : 0;
            nullCount += isPresent ? 0 : 1;
        }

        private void addBit(boolean bit) {
            bits |= (bit ? 1 : 0) << bitCount++;
            if (bitCount == Byte.SIZE) {
                endBits();
            }
        }

        private void endBits() {
            if (bitCount > 0) {
                values.put(bits);
                bits = 0;
                bitCount = 0;
            }
        }

        private void clear() {
            values.clear();
            nullCount = 0;
        }
    }

    /// Counts what goes to the target.
    private static final class Counted implements PageTarget {
        private final Target target;
        private long position;

        private Counted(Target target) {
            this.target = target;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void write(byte[] source, int length) throws IOException {
            target.write(source, length);
            position += length;
        }
    }

    private final List<Column> columns;
    private final Counted output;
    private final LongConsumer reserve;
    private final Waiting[] waiting;
    private final ByteSink page = new ByteSink(1 << 12);
    private final PageWriter pages;
    private final List<RowGroup> groups = new ArrayList<>();
    private long reservedBytes;
    private long rowCount;
    private int groupRows;

    /// Begins the file.
    ///
    /// @param reserve told of memory before it is held
    public ParquetStream(List<Column> columns, Target target, LongConsumer reserve)
            throws IOException {
        this.columns = List.copyOf(columns);
        this.output = new Counted(target);
        this.reserve = reserve;
        this.waiting = new Waiting[columns.size()];
        for (int i = 0; i < waiting.length; i++) {
            waiting[i] = new Waiting();
        }
        output.write(FileMetadata.MAGIC, FileMetadata.MAGIC.length);
        this.pages = new PageWriter(output, ZSTD_LEVEL);
    }

    /// Before the values of a batch.
    ///
    /// @param rows of it
    /// @param bytes that its texts take at most
    public void begin(int rows, long bytes) {
        long wanted = bytes + (long) rows * waiting.length * (Long.BYTES + Integer.BYTES);
        for (Waiting one : waiting) {
            wanted += one.values.size() + (long) groupRows * Integer.BYTES;
        }
        if (COPIES * wanted > reservedBytes) {
            reserve.accept(COPIES * wanted - reservedBytes);
            reservedBytes = COPIES * wanted;
        }
    }

    /// Whether a row of the batch has a value, which is told next when it has.
    public void presence(int column, int row, boolean isPresent) {
        waiting[column].addLevel(groupRows + row, isPresent);
    }

    public void value(int column, long value) {
        waiting[column].values.putLong(value);
    }

    public void value(int column, double value) {
        waiting[column].values.putLong(Double.doubleToRawLongBits(value));
    }

    public void value(int column, boolean value) {
        waiting[column].addBit(value);
    }

    /// @param text in UTF-8
    public void value(int column, byte[] text) {
        ByteSink values = waiting[column].values;
        values.putInt(text.length);
        values.putBytes(text, 0, text.length);
    }

    /// Behind the values of a batch.
    public void endBatch(int rows) throws IOException {
        groupRows += rows;
        long bytes = 0;
        for (Waiting one : waiting) {
            bytes += one.values.size();
        }
        if (groupRows >= GROUP_ROWS_MAX || bytes >= GROUP_BYTES_MAX) {
            endGroup();
        }
    }

    private void endGroup() throws IOException {
        if (groupRows == 0) {
            return;
        }
        var chunks = new ArrayList<ColumnChunk>();
        for (int i = 0; i < waiting.length; i++) {
            chunks.add(writeColumn(columns.get(i), waiting[i]));
            waiting[i].clear();
        }
        groups.add(FileMetadata.rowGroup(chunks, groupRows));
        rowCount += groupRows;
        groupRows = 0;
    }

    private ColumnChunk writeColumn(Column column, Waiting of) throws IOException {
        of.endBits();
        page.clear();
        int lengthAt = page.reserve(Integer.BYTES);
        RleBitPacked.encode(of.levels, groupRows, 1, page);
        page.setInt(lengthAt, page.size() - lengthAt - Integer.BYTES);
        page.putBytes(of.values.array(), 0, of.values.size());
        PageSpan span = pages.dataPage(page, groupRows, Encoding.PLAIN);
        Type type = Objects.requireNonNull(element(column).getType());
        var metadata = new ChunkMetadata(column.name(), type);
        metadata.page(span, groupRows, groupRows - of.nullCount, null, null);
        return metadata.chunk(Encoding.PLAIN, pages.takeRawBytes(), null, null, false);
    }

    private static SchemaElement element(Column column) {
        return switch (column.kind()) {
            case TIMESTAMP -> FileMetadata.optionalTime(column.name());
            case INT64 -> FileMetadata.optional(column.name(), Type.INT64);
            case UINT64 -> FileMetadata.unsigned(column.name());
            case FLOAT64 -> FileMetadata.optional(column.name(), Type.DOUBLE);
            case BOOL -> FileMetadata.optional(column.name(), Type.BOOLEAN);
            case STRING -> FileMetadata.text(column.name());
        };
    }

    /// Writes what waits, and the footer: without it the file is none.
    public void finish() throws IOException {
        endGroup();
        var schema = new ArrayList<SchemaElement>();
        schema.add(FileMetadata.root(columns.size()));
        columns.forEach(column -> schema.add(element(column)));
        var metadata = new FileMetaData(2, schema, rowCount, groups);
        metadata.setCreated_by(FileMetadata.CREATED_BY);
        FileMetadata.writeFooter(metadata, output);
    }

    @Override
    public void close() {
        pages.close();
    }
}
