package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.io.FormatFiles;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ChunkPages;
import io.tsdb.storage.parquet.PageSpan;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetField;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.RowGroupPages;
import io.tsdb.storage.parquet.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Index files are as `docs/format/part-index.md` says, and parts of every version stay readable.
class PartIndexFormatSpecTest {
    private static final String PAGE = "part-index.md";
    private static final long SECOND = 1_000_000_000L;

    @TempDir Path directory;

    private final PartNames id = new PartNames("d", "m", PartSample.DAY, 1);
    private final ParquetColumns columns =
            new ParquetColumns(
                    List.of("host"),
                    List.of(
                            new ParquetField("n", FieldType.INT64),
                            new ParquetField("t", FieldType.FLOAT64)));
    private final ParquetFile parquet =
            new ParquetFile(
                    1000,
                    0x0A0B0C0D,
                    TimeUnit.MICROS,
                    List.of(
                            new RowGroupPages(
                                    List.of(4),
                                    new ChunkPages(null, List.of(new PageSpan(4, 60, 0x11111111))),
                                    List.of(
                                            new ChunkPages(
                                                    null,
                                                    List.of(new PageSpan(200, 50, 0x22222222))),
                                            new ChunkPages(
                                                    new PageSpan(250, 40, 0x33333333),
                                                    List.of(new PageSpan(290, 45, 0x44444444)))))));

    @Test
    void writesTheExampleOfTheFormatPage() throws IOException {
        assertThat(file()).isEqualTo(FormatFiles.example(PAGE, "index"));
    }

    @Test
    void readsTheExampleOfTheFormatPage() throws IOException {
        var keys = new ArrayList<String>();
        PartIndex index =
                PartIndexReader.read(
                        "example",
                        FormatFiles.example(PAGE, "index"),
                        key -> {
                            keys.add(key.toString());
                            return keys.size();
                        });
        assertThat(keys).containsExactly("m,host=a", "m,host=b");
        assertThat(index.identity()).isEqualTo(new PartIndex.Identity(id, columns, parquet));
        assertThat(index.blockCount()).isEqualTo(2);
        assertThat(index.minTime(1)).isEqualTo(PartSample.DAY_START + 5 * SECOND);
        assertThat(index.statistics(0, 0)).isEqualTo(first().statistics(0));
        assertThat(index.statistics(0, 1)).isEqualTo(first().statistics(1));
        assertThat(index.statistics(1, 0)).isEqualTo(second().statistics(0));
        assertThat(index.statistics(1, 1)).isNull();
    }

    @Test
    void refusesANewerVersionByName() {
        byte[] body = FramedFile.body("f", file(), file().length, PartIndexLayout.MAGIC, 1);
        byte[] newer = FramedFile.frame(PartIndexLayout.MAGIC, 2, body);
        assertThatThrownBy(() -> PartIndexReader.read("f", newer, _ -> 0))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("1");
    }

    /// Whatever its checksums say: an index that does not fit itself is refused, never followed.
    @Test
    void refusesContentThatDoesNotFit() {
        byte[] body = FramedFile.body("f", file(), file().length, PartIndexLayout.MAGIC, 1);
        for (int at = 0; at < body.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = body.clone();
                changed[at] ^= (byte) (1 << bit);
                byte[] framed = FramedFile.frame(PartIndexLayout.MAGIC, 1, changed);
                try {
                    PartIndex index = PartIndexReader.read("f", framed, _ -> 0);
                    for (int block = 0; block < index.blockCount(); block++) {
                        for (int field = 0; field < 2; field++) {
                            index.statistics(block, field);
                        }
                    }
                } catch (CorruptDataException e) {
                    assertThat(e.path()).isEqualTo("f");
                }
            }
        }
    }

    /// A part of version 1, kept for ever: index and Parquet file as they were written then.
    @Test
    void readsTheGoldenPart() throws IOException {
        PartSample sample = PartSample.mixed(264, 2, 1);
        PartSummary written = sample.write(directory, 1, new PartConfig(3, 300));
        PartId name = written.id();
        var lines = new ArrayList<String>();
        sample.blocks().forEach(block -> lines.addAll(BlockText.of(block)));
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        byte[] parquetBytes =
                FormatFiles.golden(
                        "part/v1/part.parquet", Files.readAllBytes(name.parquetFile(directory)));
        byte[] indexBytes =
                FormatFiles.golden(
                        "part/v1/part.index", Files.readAllBytes(name.indexFile(directory)));
        byte[] expected = FormatFiles.golden("part/v1/part.rows", text);
        Files.write(name.parquetFile(directory), parquetBytes);
        Files.write(name.indexFile(directory), indexBytes);
        var summary =
                new PartSummary(
                        name,
                        written.origin(),
                        written.rowCount(),
                        written.minTime(),
                        written.maxTime(),
                        parquetBytes.length,
                        indexBytes.length,
                        io.tsdb.storage.io.Checksum.crc32c(parquetBytes, 0, parquetBytes.length),
                        io.tsdb.storage.io.Checksum.crc32c(indexBytes, 0, indexBytes.length));
        var read = new ArrayList<String>();
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
            for (int block = 0; block < part.blockCount(); block++) {
                read.addAll(BlockText.of(part.block(block, part.fields())));
            }
            part.verify();
        }
        assertThat(String.join("\n", read)).isEqualTo(new String(expected, StandardCharsets.UTF_8));
    }

    private byte[] file() {
        var builder = new PartIndexBuilder(columns, new int[] {0, 1});
        builder.series(SeriesKey.of("m", Map.of("host", "a")));
        builder.block(first());
        builder.series(SeriesKey.of("m", Map.of("host", "b")));
        builder.block(second());
        return FramedFile.frame(
                PartIndexLayout.MAGIC, PartIndexLayout.VERSION, builder.build(id, parquet));
    }

    /// Three rows, ten seconds apart: n = 7, 9, 8; t = 20.5, absent, 21.0.
    private static Block first() {
        var builder = new BlockBuilder();
        long start = PartSample.DAY_START;
        builder.begin(new long[] {start, start + 10 * SECOND, start + 20 * SECOND}, 3);
        builder.longs(0, FieldType.INT64, new long[] {7, 9, 8}, null);
        long[] temperatures = {Double.doubleToRawLongBits(20.5), 0, Double.doubleToRawLongBits(21)};
        builder.doubles(1, temperatures, 1, new long[] {0b101});
        return builder.build();
    }

    /// One row: n = -1.
    private static Block second() {
        var builder = new BlockBuilder();
        builder.begin(new long[] {PartSample.DAY_START + 5 * SECOND}, 1);
        builder.longs(0, FieldType.INT64, new long[] {-1}, null);
        return builder.build();
    }
}
