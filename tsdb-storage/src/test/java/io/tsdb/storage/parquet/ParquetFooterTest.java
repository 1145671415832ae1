package io.tsdb.storage.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/// What a file says of itself to readers that prune by it. (Metadata that is missing fails a test
/// as null.)
@NullUnmarked
class ParquetFooterTest {
    private static final ParquetColumns COLUMNS =
            new ParquetColumns(
                    List.of("host"),
                    List.of(
                            new ParquetField("load", FieldType.FLOAT64),
                            new ParquetField("text", FieldType.STRING)));

    @TempDir Path directory;

    private final BlockBuilder builder = new BlockBuilder();

    @Test
    void claimsAnOrderOnlyWhereItHolds() throws IOException {
        // key bytes begin with lengths: host=10 comes behind host=9 there, but not by its text
        FileMetaData sorted = write(List.of("1", "2", "9"));
        assertThat(sorted.getRow_groups().getFirst().getSorting_columns())
                .containsExactly(
                        new SortingColumn(1, false, true), new SortingColumn(0, false, true));
        FileMetaData unsorted = write(List.of("1", "9", "10"));
        assertThat(unsorted.getRow_groups().getFirst().getSorting_columns()).isNull();
    }

    @Test
    void cutsLongTextsToBounds() throws IOException {
        FileMetaData metadata = write(List.of("x".repeat(63) + "é", "x".repeat(63) + "éa"));
        var host = metadata.getRow_groups().getFirst().getColumns().get(1).getMeta_data();
        var statistics = host.getStatistics();
        assertThat(text(statistics.getMin_value())).isEqualTo("x".repeat(63));
        assertThat(text(statistics.getMax_value())).isEqualTo("x".repeat(62) + "y");
        assertThat(statistics.isIs_min_value_exact()).isFalse();
        assertThat(statistics.getNull_count()).isZero();
    }

    @Test
    void hasNoRangeOfPagesWithNaN() throws IOException {
        FileMetaData metadata = write(List.of("1", "2"), 1.5, Double.NaN);
        var columns = metadata.getRow_groups().getFirst().getColumns();
        assertThat(columns.get(2).isSetColumn_index_offset()).isFalse();
        assertThat(columns.get(2).getMeta_data().getStatistics().isSetMin_value()).isFalse();
        assertThat(columns.get(1).isSetColumn_index_offset()).isTrue();
        assertThat(metadata.getColumn_orders()).hasSize(4);
    }

    @Test
    void givesZerosTheWidestRange() throws IOException {
        FileMetaData metadata = write(List.of("1", "2"), 0.0, -0.0);
        var statistics =
                metadata.getRow_groups()
                        .getFirst()
                        .getColumns()
                        .get(2)
                        .getMeta_data()
                        .getStatistics();
        assertThat(number(statistics.getMin_value())).isEqualTo(-0.0);
        assertThat(number(statistics.getMax_value())).isEqualTo(0.0);
    }

    /// Every page carries the checksum that Parquet foresees, and is found by the page index.
    @Test
    void indexesAndChecksItsPages() throws IOException {
        FileMetaData metadata = write(List.of("1", "2", "9"));
        byte[] file = Files.readAllBytes(directory.resolve("file"));
        for (var column : metadata.getRow_groups().getFirst().getColumns()) {
            OffsetIndex offsets =
                    Util.readOffsetIndex(
                            at(
                                    file,
                                    column.getOffset_index_offset(),
                                    column.getOffset_index_length()));
            ColumnIndex ranges =
                    Util.readColumnIndex(
                            at(
                                    file,
                                    column.getColumn_index_offset(),
                                    column.getColumn_index_length()));
            assertThat(ranges.getNull_pages()).hasSameSizeAs(offsets.getPage_locations());
            for (var page : offsets.getPage_locations()) {
                ByteArrayInputStream in =
                        at(file, page.getOffset(), page.getCompressed_page_size());
                PageHeader header = Util.readPageHeader(in);
                byte[] data = in.readAllBytes();
                var checksum = new CRC32();
                checksum.update(data);
                assertThat(header.getCrc()).isEqualTo((int) checksum.getValue());
                assertThat(data).hasSize(header.getCompressed_page_size());
            }
        }
    }

    private FileMetaData write(List<String> hosts, double... values) throws IOException {
        Path path = directory.resolve("file");
        Files.deleteIfExists(path);
        var rows = new RowGroup(COLUMNS, new int[] {0, 1});
        for (int i = 0; i < hosts.size(); i++) {
            rows.startSeries(SeriesKey.of("m", Map.of("host", hosts.get(i))));
            rows.add(block(i < values.length ? values[i] : i));
        }
        try (var writer =
                new ParquetWriter(
                        new LocalFileStore().create(path), "file", COLUMNS, 1, TimeUnit.MICROS)) {
            writer.write(rows);
            writer.finish(Map.of("key", "value"));
        }
        byte[] file = Files.readAllBytes(path);
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
        return Util.readFileMetaData(at(file, file.length - 8L - length, length));
    }

    private Block block(double value) {
        builder.begin(new long[] {1000, 2000}, 2);
        builder.doubles(0, new long[] {Double.doubleToRawLongBits(value), 0}, -1, new long[] {1});
        builder.strings(1, new byte[] {'a', 'b'}, new long[] {1, 1L << 32 | 1}, null);
        return builder.build();
    }

    private static ByteArrayInputStream at(byte[] file, long offset, int length) {
        return new ByteArrayInputStream(
                Arrays.copyOfRange(file, (int) offset, (int) offset + length));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static double number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getDouble();
    }
}
