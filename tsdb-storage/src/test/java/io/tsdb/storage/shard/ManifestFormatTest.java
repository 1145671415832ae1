package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hex in the format pages and the golden files are what the code writes and reads.
class ManifestFormatTest {
    private static final Path DOCS = Path.of("docs", "format");
    private static final Manifest MANIFEST =
            new Manifest(
                    42,
                    7,
                    3,
                    List.of(
                            new PartSummary(
                                    new PartId("plant", "motör", LocalDate.of(2026, 11, 23), 2),
                                    new PartOrigin(17, 40, 42, 1_795_395_605),
                                    1000,
                                    1_795_392_000_000_000_000L,
                                    1_795_395_600_000_000_000L,
                                    12_345,
                                    678,
                                    0xCAFEBABE,
                                    0x12345678)));
    private static final StoreMeta META = new StoreMeta(2, List.of("plant", "ümlaut"));

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
        assertThat(StoreMeta.decode(body(file, StoreMeta.MAGIC), file.toString())).isEqualTo(META);
        assertThat(FramedFile.frame(StoreMeta.MAGIC, StoreMeta.VERSION, META.encode()))
                .isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void readsTheGoldenFilesOfVersion1() throws IOException {
        PartSummary part = MANIFEST.parts().getFirst();
        var old =
                new PartSummary(
                        part.id(),
                        PartOrigin.unknown(2),
                        part.rowCount(),
                        part.minTime(),
                        part.maxTime(),
                        part.parquetBytes(),
                        part.indexBytes(),
                        part.parquetCrc(),
                        part.indexCrc());
        assertThat(load(golden("v1/manifest"))).isEqualTo(new Manifest(42, 7, 3, List.of(old)));
        Path store = golden("v1/store");
        assertThat(StoreMeta.decode(body(store, StoreMeta.MAGIC), "golden")).isEqualTo(META);
    }

    @Test
    void readsTheGoldenFilesOfVersion2() throws IOException {
        assertThat(load(golden("v2/manifest"))).isEqualTo(MANIFEST);
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
                FramedFile.frame(Manifest.MAGIC, 3, MANIFEST.encode()));
        assertThatThrownBy(() -> Manifest.load(new LocalFileStore(), temporary))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version 3")
                .hasMessageContaining("up to 2");
    }

    private static byte[] body(Path file, String magic) throws IOException {
        return FramedFile.read(new LocalFileStore(), file, magic, 1);
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
