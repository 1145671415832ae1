package io.tsdb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FormatFiles;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TestNumbers;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.Retention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

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
        try (LocalLog log = LocalLog.open(new LocalFileStore(), wal, CONFIG, System::nanoTime)) {
            new Recorder().start(log, 1, 0);
            log.recover();
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
        try (LocalLog log = LocalLog.open(new LocalFileStore(), wal, CONFIG, System::nanoTime)) {
            for (int shard : new int[] {0, 1, NodeLog.CATALOG}) {
                log.shard(shard)
                        .start(
                                0,
                                (index, entry) -> {
                                    lines.add("log " + shard + " index " + index);
                                    describe(entry, lines);
                                });
            }
            log.recover();
        }
        return lines;
    }

    private static void describe(LogEntry entry, List<String> lines) {
        if (entry instanceof LogEntry.Write(PointBatch batch)) {
            lines.addAll(RandomBatches.describe(batch));
        } else {
            lines.add(entry.toString());
        }
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
        TestNumbers.number(batch, 4);
        batch.number(4, 9);
        return batch;
    }

    /// One entry of every kind but points.
    private static List<LogEntry> others() {
        return List.of(
                new LogEntry.Flush(0),
                new LogEntry.DropMeasurement(new MeasurementId(4, 1)),
                new LogEntry.DropDatabase(4),
                new LogEntry.CreateDatabase("db"),
                new LogEntry.Define(
                        Definitions.in("db")
                                .tags("m", List.of("host"))
                                .field("m", "v", FieldType.INT64)
                                .build(5)),
                new LogEntry.SetRetention(5, 1, new Retention(3_600_000_000_000L)),
                new LogEntry.Delete(
                        new MeasurementId(5, 1),
                        6,
                        new DeletedRows.OfSeries(
                                RoaringBitmap.bitmapOf(7), new TimeRange(0, 1_000_000_000L))),
                new LogEntry.Forget(new MeasurementId(5, 1), RoaringBitmap.bitmapOf(7, 9)));
    }

    private static final LogEntry DOCUMENT = new LogEntry.SetDocument("tökens", 4, "a\nb");

    private static List<LogEntry> exampleEntries() {
        var entries = new ArrayList<>(firstKinds());
        entries.add(DOCUMENT);
        return entries;
    }

    /// Those that there were when a golden segment was made of all.
    private static List<LogEntry> firstKinds() {
        var entries = new ArrayList<LogEntry>();
        entries.add(new LogEntry.Write(example()));
        entries.addAll(others());
        return entries;
    }

    /// A new kind of entry comes into the example, and so onto the page.
    @Test
    void theExampleHasEveryKindOfEntry() {
        assertThat(exampleEntries().stream().map(Object::getClass))
                .containsExactlyInAnyOrder(LogEntry.class.getPermittedSubclasses());
    }

    @Test
    void writesTheSegmentOfTheFormatPage() throws Exception {
        assertThat(write(exampleEntries())).isEqualTo(FormatFiles.example("wal.md", "segment"));
    }

    @Test
    void readsTheSegmentOfTheFormatPage() throws Exception {
        byte[] segment = FormatFiles.example("wal.md", "segment");
        assertThat(describe(segment)).isEqualTo(describe(exampleEntries()));
    }

    private static List<String> describe(List<LogEntry> entries) {
        var lines = new ArrayList<String>();
        long index = 0;
        for (LogEntry entry : entries) {
            lines.add("log 1 index " + ++index);
            describe(entry, lines);
        }
        return lines;
    }

    @Test
    void readsTheGoldenSegmentOfEveryKind() throws Exception {
        byte[] golden = FormatFiles.golden("wal/v2/kinds.wal", write(firstKinds()));
        assertThat(describe(golden)).isEqualTo(describe(firstKinds()));
    }

    @Test
    void readsTheGoldenSegmentOfADocument() throws Exception {
        byte[] document = FormatFiles.golden("wal/v2/document.wal", write(List.of(DOCUMENT)));
        assertThat(describe(document)).isEqualTo(describe(List.of(DOCUMENT)));
    }

    /// Golden files are kept for ever: what version 2 wrote once must be read the same way.
    @Test
    void readsTheGoldenSegment() throws Exception {
        var entries = new ArrayList<LogEntry>();
        for (int seed = 1; seed <= 12; seed++) {
            entries.add(new LogEntry.Write(RandomBatches.draw(new Random(seed))));
        }
        entries.addAll(others());
        byte[] golden = FormatFiles.golden("wal/v2/batches.wal", write(entries));
        List<String> found = describe(golden);
        byte[] text = String.join("\n", found).getBytes(StandardCharsets.UTF_8);
        String expected =
                new String(FormatFiles.golden("wal/v2/batches.txt", text), StandardCharsets.UTF_8);
        assertThat(found).isEqualTo(Arrays.asList(expected.split("\n", -1)));
        assertThat(found.size()).isGreaterThan(1000);
    }

    @Test
    void refusesANewerVersionByBothNumbers() throws Exception {
        byte[] segment = FormatFiles.example("wal.md", "segment");
        byte[] body = FramedFile.body("", segment, segment.length, SegmentHeader.MAGIC, 2);
        byte[] newer = FramedFile.frame(SegmentHeader.MAGIC, 3, body);
        assertThat(LittleEndian.getInt(newer, 8)).isEqualTo(3);
        System.arraycopy(newer, 0, segment, 0, newer.length);
        assertThatThrownBy(() -> describe(segment))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("format version 3, this program reads up to 2");
    }

    /// Version 1 knew databases and fields by name; nothing was released with it.
    @Test
    void refusesTheGoldenSegmentOfVersion1ByBothNumbers() throws Exception {
        byte[] golden = FormatFiles.golden("wal/v1/batches.wal", new byte[0]);
        assertThatThrownBy(() -> describe(golden))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("format version 1, this program reads version 2")
                .hasMessageContaining("export the data");
    }
}
