package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FormatFiles;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The bytes of the log are those of `docs/format/wal.md` and of the golden files.
class WalFormatSpecTest {
    private static final LogConfig CONFIG =
            new LogConfig(1 << 20, Durability.SYNC, 0, 0, 1 << 20, 200, false);

    @TempDir Path directory;

    private byte[] write(List<LogEntry> entries) throws IOException, InterruptedException {
        Path wal = directory.resolve("written");
        try (LocalLog log = LocalLog.open(new LocalFileStore(), wal, CONFIG)) {
            log.replay(new Recorder());
            for (LogEntry entry : entries) {
                Recorder.append(log.shard(1), entry);
            }
        }
        return Files.readAllBytes(wal.resolve("000001.wal"));
    }

    private List<String> describe(byte[] segment) throws IOException {
        Path wal = Files.createTempDirectory(directory, "read");
        Files.write(wal.resolve("000001.wal"), segment);
        var lines = new ArrayList<String>();
        try (LocalLog log = LocalLog.open(new LocalFileStore(), wal, CONFIG)) {
            log.replay(
                    (shard, index, entry) -> {
                        lines.add("shard " + shard + " index " + index);
                        switch (entry) {
                            case LogEntry.Write(PointBatch batch) ->
                                    lines.addAll(RandomBatches.describe(batch));
                            case LogEntry.DropDatabase(String database) ->
                                    lines.add("drop " + database);
                        }
                    });
        }
        return lines;
    }

    private static PointBatch example() {
        var batch = new PointBatch("db");
        MeasurementRows rows = batch.rows("m");
        int added = rows.addNewSeries(SeriesKey.of("m", Map.of("host", "a")));
        int row = rows.addRow(7, 1_000_000_000L);
        rows.column("v", FieldType.INT64).put(row, 20);
        rows.column("t", FieldType.FLOAT64).putDouble(row, Double.doubleToRawLongBits(21.5), 1);
        row = rows.addRow(added, 1_000_000_000L);
        rows.column("v", FieldType.INT64).put(row, 23);
        byte[] up = "up".getBytes(StandardCharsets.UTF_8);
        rows.column("s", FieldType.STRING).putString(row, up, 0, up.length);
        row = rows.addRow(7, 2_000_000_000L);
        rows.column("v", FieldType.INT64).put(row, 21);
        rows.column("t", FieldType.FLOAT64).putDouble(row, Double.doubleToRawLongBits(21.7), 1);
        return batch;
    }

    @Test
    void writesTheSegmentOfTheFormatPage() throws Exception {
        byte[] written =
                write(List.of(new LogEntry.Write(example()), new LogEntry.DropDatabase("db")));
        assertThat(written).isEqualTo(FormatFiles.example("wal.md", "segment"));
    }

    @Test
    void readsTheSegmentOfTheFormatPage() throws Exception {
        var expected = new ArrayList<String>();
        expected.add("shard 1 index 1");
        expected.addAll(RandomBatches.describe(example()));
        expected.add("shard 1 index 2");
        expected.add("drop db");
        assertThat(describe(FormatFiles.example("wal.md", "segment"))).isEqualTo(expected);
    }

    /// Golden files are kept for ever: what version 1 wrote once must be read the same way.
    @Test
    void readsTheGoldenSegment() throws Exception {
        var entries = new ArrayList<LogEntry>();
        for (int seed = 1; seed <= 12; seed++) {
            entries.add(new LogEntry.Write(RandomBatches.draw(new Random(seed))));
        }
        byte[] golden = FormatFiles.golden("wal/v1/batches.wal", write(entries));
        List<String> found = describe(golden);
        byte[] text = String.join("\n", found).getBytes(StandardCharsets.UTF_8);
        String expected =
                new String(FormatFiles.golden("wal/v1/batches.txt", text), StandardCharsets.UTF_8);
        assertThat(found).isEqualTo(Arrays.asList(expected.split("\n", -1)));
        assertThat(found.size()).isGreaterThan(1000);
    }

    @Test
    void refusesANewerVersionByBothNumbers() throws Exception {
        byte[] segment = FormatFiles.example("wal.md", "segment");
        byte[] body = FramedFile.body("", segment, segment.length, SegmentHeader.MAGIC, 1);
        byte[] newer = FramedFile.frame(SegmentHeader.MAGIC, 2, body);
        assertThat(LittleEndian.getInt(newer, 8)).isEqualTo(2);
        System.arraycopy(newer, 0, segment, 0, newer.length);
        assertThatThrownBy(() -> describe(segment))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("format version 2, this program reads up to 1");
    }
}
