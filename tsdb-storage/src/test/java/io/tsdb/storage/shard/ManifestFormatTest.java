package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.FormatFiles;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.schema.Retention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hex in the format pages and the golden files are what the code writes and reads.
class ManifestFormatTest {
    private static final Path DOCS = Path.of("docs", "format");
    private static final Manifest MANIFEST =
            new Manifest(
                    new LogPositions(42, Map.of(new MeasurementId(4, 8), 39L)),
                    7,
                    3,
                    List.of(
                            new PartSummary(
                                    new PartId(
                                            new MeasurementId(4, 7), LocalDate.of(2026, 11, 23), 2),
                                    new PartOrigin(17, 40, 42, 1_795_395_605),
                                    1000,
                                    1_795_392_000_000_000_000L,
                                    1_795_395_600_000_000_000L,
                                    12_345,
                                    678,
                                    0xCAFEBABE,
                                    0x12345678)),
                    List.of(
                            new Tombstone(
                                    new MeasurementId(4, 7),
                                    45,
                                    43,
                                    1_795_395_700,
                                    new DeletedRows.OfSeries(
                                            RoaringBitmap.bitmapOf(3, 5),
                                            new TimeRange(
                                                    1_795_392_000_000_000_000L, Long.MAX_VALUE)))),
                    List.of(new MergeMark(41, 1_795_395_600), new MergeMark(42, 1_795_395_605)));

    /// The cut that manifests of before do not tell of: at their newest entry, when their newest
    /// part was written.
    private static final List<MergeMark> GUESSED = List.of(new MergeMark(42, 1_795_395_605));

    private static final Retention DAYS_30 = new Retention(2_592_000_000_000_000L);
    private static final List<CatalogState.Database> DATABASES =
            List.of(
                    new CatalogState.Database(2, "plant", DAYS_30, 4, List.of(motors())),
                    new CatalogState.Database(4, "ümlaut", Retention.INHERITED, 1, List.of()));
    private static final StoreMeta META =
            new StoreMeta(
                    2,
                    new CatalogState(
                            12,
                            5,
                            DATABASES,
                            List.of(new CatalogState.Document("settings", 11, "größe=1\n"))),
                    false);

    private static CatalogState.Measurement motors() {
        return new CatalogState.Measurement(
                3,
                "motör",
                Retention.FOREVER,
                List.of("hall", "line"),
                List.of(
                        new CatalogState.Field("rpm", FieldType.INT64),
                        new CatalogState.Field("temp", FieldType.FLOAT64)));
    }

    @TempDir Path temporary;

    @Test
    void readsTheExampleOfTheManifestPage() throws IOException {
        Path file = example("manifest.md");
        Files.copy(file, temporary.resolve(Manifest.FILE));
        assertThat(Manifest.load(new LocalFileStore(), temporary)).isEqualTo(MANIFEST);
        assertThat(FramedFile.frame(Manifest.MAGIC, Manifest.VERSION, MANIFEST.encode()))
                .isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void readsTheExampleOfTheStorePage() throws IOException {
        Path file = example("store.md");
        Files.copy(file, temporary.resolve(StoreMeta.FILE));
        assertThat(StoreMeta.load(new LocalFileStore(), temporary)).hasValue(META);
        assertThat(FramedFile.frame(StoreMeta.MAGIC, StoreMeta.VERSION, META.encode()))
                .isEqualTo(Files.readAllBytes(file));
    }

    /// A catalog that was restored says the same as the one that was saved.
    @Test
    void restoresACatalog() {
        var catalog = new Catalog();
        catalog.restore(META.catalog());
        assertThat(catalog.state()).isEqualTo(META.catalog());
        assertThat(catalog.databases()).containsExactly("plant", "ümlaut");
        catalog.createDatabase("next");
        assertThat(Objects.requireNonNull(catalog.database("next")).number()).isEqualTo(5);
    }

    @Test
    void readsTheGoldenFiles() throws IOException {
        assertThat(load(golden("v6/manifest", MANIFEST.encode(), Manifest.MAGIC, 6)))
                .isEqualTo(MANIFEST);
        Path store = golden("v4/store", META.encode(), StoreMeta.MAGIC, 4);
        Files.copy(store, temporary.resolve(StoreMeta.FILE));
        assertThat(StoreMeta.load(new LocalFileStore(), temporary)).hasValue(META);
    }

    /// There were no documents.
    @Test
    void readsTheGoldenStoreFileOfVersion3() throws IOException {
        Files.copy(golden("v3/store"), temporary.resolve(StoreMeta.FILE));
        assertThat(StoreMeta.load(new LocalFileStore(), temporary))
                .hasValue(new StoreMeta(2, new CatalogState(12, 5, DATABASES), false));
    }

    /// There was no retention.
    @Test
    void readsTheGoldenStoreFileOfVersion2() throws IOException {
        Files.copy(golden("v2/store"), temporary.resolve(StoreMeta.FILE));
        CatalogState catalog =
                StoreMeta.load(new LocalFileStore(), temporary).orElseThrow().catalog();
        CatalogState.Database plant = catalog.databases().getFirst();
        assertThat(plant.retention()).isEqualTo(Retention.INHERITED);
        CatalogState.Measurement motors = plant.measurements().getFirst();
        assertThat(motors.retention()).isEqualTo(Retention.INHERITED);
        assertThat(motors.fields()).isEqualTo(motors().fields());
        assertThat(catalog.index()).isEqualTo(12);
    }

    @Test
    void readsTheGoldenClockFile() throws IOException {
        Path file =
                golden(
                        "v1/clock",
                        ConfirmedTime.encode(1_795_392_000L),
                        ConfirmedTime.MAGIC,
                        ConfirmedTime.VERSION);
        Files.copy(file, temporary.resolve(ConfirmedTime.FILE));
        ConfirmedTime time =
                ConfirmedTime.open(
                        new LocalFileStore(),
                        temporary,
                        () -> Instant.ofEpochSecond(1_795_392_005L),
                        () -> 0,
                        false);
        assertThat(time.nanos()).hasValue(1_795_392_005_000_000_000L);
        assertThat(FormatFiles.example("clock.md", "clock")).isEqualTo(Files.readAllBytes(file));
    }

    /// Databases without numbers get some, in the order of their names.
    @Test
    void readsTheGoldenStoreFileOfVersion1() throws IOException {
        Files.copy(golden("v1/store"), temporary.resolve(StoreMeta.FILE));
        CatalogState catalog =
                StoreMeta.load(new LocalFileStore(), temporary).orElseThrow().catalog();
        assertThat(catalog)
                .isEqualTo(
                        new CatalogState(
                                0,
                                3,
                                List.of(
                                        new CatalogState.Database(
                                                1, "plant", Retention.INHERITED, 1, List.of()),
                                        new CatalogState.Database(
                                                2, "ümlaut", Retention.INHERITED, 1, List.of()))));
    }

    @Test
    void readsTheGoldenManifestOfVersion3() throws IOException {
        assertThat(load(golden("v3/manifest")))
                .isEqualTo(
                        new Manifest(
                                LogPositions.at(42), 7, 3, MANIFEST.parts(), List.of(), GUESSED));
    }

    @Test
    void readsTheGoldenManifestOfVersion4() throws IOException {
        assertThat(load(golden("v4/manifest")))
                .isEqualTo(
                        new Manifest(
                                LogPositions.at(42),
                                7,
                                3,
                                MANIFEST.parts(),
                                MANIFEST.tombstones(),
                                GUESSED));
    }

    @Test
    void readsTheGoldenManifestOfVersion5() throws IOException {
        assertThat(load(golden("v5/manifest")))
                .isEqualTo(
                        new Manifest(
                                MANIFEST.positions(),
                                7,
                                3,
                                MANIFEST.parts(),
                                MANIFEST.tombstones(),
                                GUESSED));
    }

    /// They name parts by names; nothing was released with them.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesTheGoldenManifestsOfOlderVersionsByBothNumbers(int version) throws IOException {
        Path manifest = golden("v" + version + "/manifest");
        assertThatThrownBy(() -> load(manifest))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(
                        "format version " + version + ", this program reads versions from 3")
                .hasMessageContaining("export the data");
    }

    /// Parts of the first version lose against everything that comes later, and keep their order.
    @Test
    void ranksPartsWithoutALogRangeBySequence() {
        assertThat(PartOrigin.unknown(3).isAfter(PartOrigin.unknown(2))).isTrue();
        assertThat(new PartOrigin(1, 1, 1, 0).isAfter(PartOrigin.unknown(1L << 40))).isTrue();
    }

    private Manifest load(Path file) throws IOException {
        Files.write(temporary.resolve(Manifest.FILE), Files.readAllBytes(file));
        return Manifest.load(new LocalFileStore(), temporary);
    }

    @Test
    void findsEveryFlippedBit() throws IOException {
        byte[] good = FramedFile.frame(Manifest.MAGIC, Manifest.VERSION, MANIFEST.encode());
        Path file = temporary.resolve("manifest");
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit >>> 3] ^= (byte) (1 << (bit & 7));
            Files.write(file, bad);
            assertThatThrownBy(() -> Manifest.load(new LocalFileStore(), temporary))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void refusesANewerVersionAndNamesBoth() throws IOException {
        Files.write(
                temporary.resolve("manifest"),
                FramedFile.frame(Manifest.MAGIC, 7, MANIFEST.encode()));
        assertThatThrownBy(() -> Manifest.load(new LocalFileStore(), temporary))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version 7")
                .hasMessageContaining("up to 6");
    }

    private static Path golden(String name, byte[] body, String magic, int version)
            throws IOException {
        FormatFiles.golden("shard/" + name, FramedFile.frame(magic, version, body));
        return FormatFiles.golden("shard/" + name);
    }

    private static Path golden(String name) throws IOException {
        try (var in =
                Objects.requireNonNull(
                        ManifestFormatTest.class.getResourceAsStream("/format/shard/" + name))) {
            Path file = Files.createTempFile("golden", "file");
            file.toFile().deleteOnExit();
            Files.write(file, in.readAllBytes());
            return file;
        }
    }

    /// The hex block after `<!-- example -->` of a page, as a file.
    private Path example(String page) throws IOException {
        Matcher matcher =
                Pattern.compile("<!-- example -->\\s*```\\s*([0-9a-f\\s]+)```")
                        .matcher(Files.readString(DOCS.resolve(page)));
        assertThat(matcher.find()).as("hex example in " + page).isTrue();
        byte[] bytes = HexFormat.of().parseHex(matcher.group(1).replaceAll("\\s", ""));
        return Files.write(temporary.resolve("example"), bytes);
    }
}
