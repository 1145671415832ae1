package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FormatFiles;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The bytes of the series log are those of `docs/format/series-log.md` and of the golden file.
class SeriesLogFormatSpecTest {
    private static final String PAGE = "series-log.md";

    @TempDir Path directory;

    private SeriesRegistry open(long mark) throws IOException {
        return SeriesRegistry.open(new LocalFileStore(), directory, mark);
    }

    private static List<String> describe(SeriesRegistry registry) {
        var lines = new ArrayList<String>();
        for (int id = 0; id < registry.seriesCount(); id++) {
            lines.add(
                    registry.measurement(id)
                            + " "
                            + registry.key(id)
                            + (registry.isLive(id) ? "" : " gone"));
        }
        return lines;
    }

    @Test
    void writesTheFilesOfTheFormatPage() throws Exception {
        SeriesKey key = SeriesKey.of("cpu", Map.of("host", "a"));
        try (SeriesRegistry registry = open(0)) {
            registry.resolve(new MeasurementId(5, 2), key);
            assertThat(registry.mark()).isEqualTo(58);
            registry.dropMeasurement(new MeasurementId(5, 2));
            registry.resolve(new MeasurementId(5, 3), key);
            registry.dropDatabase(4);
            registry.forget(new MeasurementId(5, 3), RoaringBitmap.bitmapOf(1));
            registry.resolve(new MeasurementId(5, 3), key);
            registry.awaitDictionary(3);
        }
        assertThat(Files.readAllBytes(directory.resolve("series.log")))
                .isEqualTo(FormatFiles.example(PAGE, "log"));
        assertThat(Files.readAllBytes(directory.resolve("dictionary.clean")))
                .isEqualTo(FormatFiles.example(PAGE, "mark"));
    }

    @Test
    void readsTheFileOfTheFormatPage() throws Exception {
        readsTheExample(FormatFiles.example(PAGE, "log"));
    }

    @Test
    void readsTheGoldenLogOfEveryKind() throws Exception {
        readsTheExample(
                FormatFiles.golden("series/v2/kinds.log", FormatFiles.example(PAGE, "log")));
    }

    private void readsTheExample(byte[] log) throws IOException {
        Files.write(directory.resolve("series.log"), log);
        try (SeriesRegistry registry = open(log.length)) {
            assertThat(describe(registry))
                    .containsExactly(
                            "5/2 cpu,host=a gone", "5/3 cpu,host=a gone", "5/3 cpu,host=a");
            assertThat(registry.hasEnded(new MeasurementId(4, 1))).isTrue();
        }
    }

    @Test
    void readsTheKeyOfTheFormatPage() throws Exception {
        byte[] bytes = FormatFiles.example("series-key.md", "key");
        SeriesKey key = SeriesKey.ofBytes(bytes, 0, bytes.length);
        assertThat(key).hasToString("cpu,dc=é,host=a");
        assertThat(key.hash()).isEqualTo(0x2fb168a04facf48dL);
        assertThat(SeriesKey.of("cpu", Map.of("host", "a", "dc", "é")).bytes()).isEqualTo(bytes);
    }

    /// Golden files are kept for ever.
    @Test
    void readsTheGoldenLog() throws Exception {
        var expected = new ArrayList<String>();
        Path written = directory.resolve("written");
        try (SeriesRegistry registry = SeriesRegistry.open(new LocalFileStore(), written, 0)) {
            for (int i = 0; i < 300; i++) {
                var measurement =
                        new MeasurementId(i < 150 ? 1 + i % 3 : 1 + i % 3 + 3 * (i % 2), 1 + i % 5);
                SeriesKey key = SeriesKey.of("m" + i % 5, Map.of("device", "d" + i % 100));
                int before = registry.seriesCount();
                if (!registry.hasEnded(measurement)) {
                    registry.resolve(measurement, key);
                }
                if (registry.seriesCount() > before) {
                    expected.add(measurement + " " + key);
                }
                if (i == 150) {
                    registry.dropDatabase(2);
                    registry.dropMeasurement(new MeasurementId(3, 2));
                    expected.replaceAll(
                            line ->
                                    line.startsWith("2/") || line.startsWith("3/2 ")
                                            ? line + " gone"
                                            : line);
                }
                if (i % 70 == 0) {
                    registry.sync();
                }
            }
        }
        byte[] golden =
                FormatFiles.golden(
                        "series/v2/series.log", Files.readAllBytes(written.resolve("series.log")));
        Files.write(directory.resolve("series.log"), golden);
        try (SeriesRegistry registry = open(golden.length)) {
            assertThat(describe(registry)).isEqualTo(expected).hasSizeGreaterThan(150);
        }
    }

    /// Version 1 knew databases by name; nothing was released with it.
    @Test
    void refusesTheGoldenLogOfVersion1ByBothNumbers() throws Exception {
        byte[] golden = FormatFiles.golden("series/v1/series.log", new byte[0]);
        Files.write(directory.resolve("series.log"), golden);
        assertThatThrownBy(() -> open(golden.length))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("format version 1, this program reads version 2");
    }
}
