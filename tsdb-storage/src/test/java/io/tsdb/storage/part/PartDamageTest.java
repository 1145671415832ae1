package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.FieldSet;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Damage is found and named; rows that come out are always those that went in.
class PartDamageTest {
    private static final int FLIPS = Integer.getInteger("tsdb.flips", 100);
    private static final int MAGIC_BYTES = 4;
    private static final int HEADER_BYTES = 32;

    @TempDir Path directory;

    private final PartSample sample = PartSample.mixed(21, 3, 1000);
    private PartSummary summary;
    private Path parquet;
    private Path index;
    private List<List<String>> rows;

    @BeforeEach
    void write() throws IOException {
        summary = sample.write(directory, 3, new PartConfig(1, 2000));
        parquet = summary.id().parquetFile(directory);
        index = summary.id().indexFile(directory);
        rows = sample.blocks().stream().map(BlockText::of).toList();
    }

    @Test
    void findsEveryFlippedBitOfTheParquetFile() throws IOException {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        var random = new Random(seed);
        byte[] bytes = Files.readAllBytes(parquet);
        int named = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] damaged = bytes.clone();
            int at = random.nextInt(bytes.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(parquet, damaged);
            try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
                try {
                    assertThat(read(part)).as("seed %d, byte %d", seed, at).isEqualTo(rows);
                } catch (CorruptDataException e) {
                    named++;
                    assertThat(e.path()).isEqualTo(parquet.toString());
                    assertThat(at).isGreaterThanOrEqualTo((int) e.offset());
                }
                assertThatThrownBy(part::verify)
                        .as("seed %d, byte %d", seed, at)
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining(parquet.toString());
            }
        }
        // pages of times and fields are most of the file
        assertThat(named).as("seed %d", seed).isGreaterThan(FLIPS / 2);
    }

    /// Columns are read for themselves: a question for others is answered, and one for the damaged
    /// column is refused, again and again.
    @Test
    void refusesTheDamagedColumnAlone() throws IOException {
        byte[] bytes = Files.readAllBytes(parquet);
        int refusals = 0;
        for (int at = 0; at < bytes.length; at += bytes.length / 200) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            Files.write(parquet, damaged);
            try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
                int refused = 0;
                for (int turn = 0; turn < 2; turn++) {
                    for (FieldSchema field : sample.schema.fields().values()) {
                        refused += isRefused(part, FieldSet.of(field.index())) ? 1 : 0;
                    }
                }
                // one column or, of the times' pages, all
                assertThat(refused).as("byte %d", at).isIn(0, 2, 2 * sample.schema.fields().size());
                refusals += refused == 2 ? 1 : 0;
            }
        }
        assertThat(refusals).isPositive();
    }

    private boolean isRefused(Part part, FieldSet wanted) {
        try {
            for (int block = 0; block < part.blockCount(); block++) {
                assertThat(BlockText.of(part.block(block, wanted), wanted))
                        .isEqualTo(BlockText.of(sample.blocks().get(block), wanted));
            }
            return false;
        } catch (CorruptDataException e) {
            return true;
        }
    }

    @Test
    void findsEveryFlippedBitOfTheIndex() throws IOException {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        var random = new Random(seed);
        byte[] bytes = Files.readAllBytes(index);
        for (int i = 0; i < FLIPS; i++) {
            byte[] damaged = bytes.clone();
            int at = random.nextInt(bytes.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(index, damaged);
            assertRefused("seed " + seed + ", byte " + at);
        }
    }

    @Test
    void findsTruncation() throws IOException {
        for (Path file : List.of(index, parquet)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length : new int[] {0, 1, bytes.length / 2, bytes.length - 1}) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertRefused(file + " of " + length + " bytes");
            }
            Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            assertRefused(file + " with a byte more");
            Files.delete(file);
            assertRefused(file + " missing");
            Files.write(file, bytes);
        }
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
            assertThat(read(part)).isEqualTo(rows);
        }
    }

    @Test
    void refusesTheFilesOfAnotherPart() throws IOException {
        PartSummary other =
                PartSample.mixed(22, 12, 1000).write(directory, 4, new PartConfig(1, 2000));
        Files.copy(
                other.id().indexFile(directory),
                index,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertRefused("index of another part");
    }

    @Test
    void rebuildsTheIndexByteForByte() throws IOException {
        byte[] bytes = Files.readAllBytes(index);
        Files.write(index, new byte[] {1, 2, 3});
        PartSummary rebuilt = PartIndexRebuild.rebuild(PartSample.IO, directory, summary.id());
        assertThat(rebuilt).isEqualTo(summary);
        assertThat(Files.readAllBytes(index)).isEqualTo(bytes);
    }

    @Test
    void rebuildsTheIndexOfIntegersAndOfNanoseconds() throws IOException {
        for (PartSample other : List.of(PartSample.cpu(7, 5000), PartSample.mixed(23, 25, 1))) {
            PartSummary written = other.write(directory, 9, new PartConfig(1, 9000));
            Path file = written.id().indexFile(directory);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            assertThat(PartIndexRebuild.rebuild(PartSample.IO, directory, written.id()))
                    .isEqualTo(written);
            assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        }
    }

    /// Parquet itself has a checksum for pages, none for what lies between them; whatever the
    /// rebuild cannot see there, the manifest's checksum of the whole file tells.
    @Test
    void rebuildsNoIndexFromDamagedPages() throws IOException {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        var random = new Random(seed);
        byte[] bytes = Files.readAllBytes(parquet);
        for (int i = 0; i < FLIPS; i++) {
            assertNotRebuilt(bytes, random.nextInt(Byte.SIZE * bytes.length), "seed " + seed);
        }
    }

    /// The library that reads page headers refuses some values by exceptions of its own.
    @Test
    void rebuildsNoIndexFromDamagedPageHeaders() throws IOException {
        byte[] bytes = Files.readAllBytes(parquet);
        for (int bit = 0; bit < Byte.SIZE * HEADER_BYTES; bit++) {
            assertNotRebuilt(bytes, Byte.SIZE * MAGIC_BYTES + bit, "first page");
        }
    }

    private void assertNotRebuilt(byte[] bytes, int bit, String what) throws IOException {
        byte[] damaged = bytes.clone();
        damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        Files.write(parquet, damaged);
        try {
            PartSummary rebuilt = PartIndexRebuild.rebuild(PartSample.IO, directory, summary.id());
            assertThat(rebuilt.parquetCrc())
                    .as("%s, bit %d", what, bit)
                    .isNotEqualTo(summary.parquetCrc());
        } catch (CorruptDataException e) {
            assertThat(e.path()).isEqualTo(parquet.toString());
        }
    }

    /// A part that came from another replica has a number of its own here.
    @Test
    void rebuildsUnderTheNumberOfTheFile() throws IOException {
        var other = sample.id(77);
        Files.copy(parquet, other.parquetFile(directory));
        PartSummary rebuilt = PartIndexRebuild.rebuild(PartSample.IO, directory, other);
        assertThat(rebuilt.id()).isEqualTo(other);
        assertThat(rebuilt.content()).isEqualTo(summary.content());
        try (Part first = sample.open(directory, summary, new BlockCache(1 << 24));
                Part second = sample.open(directory, rebuilt, new BlockCache(1 << 24))) {
            assertThat(read(second)).isEqualTo(read(first));
        }
    }

    @Test
    void refusesToRebuildUnderAnotherDay() throws IOException {
        var other = new PartId(summary.id().measurement(), summary.id().date().plusDays(1), 3);
        Files.createDirectories(other.directory(directory));
        Files.copy(parquet, other.parquetFile(directory));
        assertThatThrownBy(() -> PartIndexRebuild.rebuild(PartSample.IO, directory, other))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("tsdb.date is");
    }

    private void assertRefused(String what) throws IOException {
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
            fail(what + " was opened as " + part.id());
        } catch (CorruptDataException e) {
            assertThat(e.getMessage()).as(what).contains(directory.toString());
        }
    }

    private static List<List<String>> read(Part part) {
        var blocks = new ArrayList<List<String>>();
        for (int block = 0; block < part.blockCount(); block++) {
            blocks.add(BlockText.of(part.block(block, part.fields())));
        }
        return blocks;
    }
}
