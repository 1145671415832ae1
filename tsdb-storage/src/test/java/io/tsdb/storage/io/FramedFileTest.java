package io.tsdb.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class FramedFileTest {
    private static final String MAGIC = "TSDB-XXX";

    @TempDir Path directory;

    @Test
    void framesAsTheFormatPageSays() throws IOException {
        byte[] frame = FramedFile.frame(MAGIC, 3, new byte[] {1, 2});
        assertThat(frame).isEqualTo(FormatFiles.example("framed-file.md", "frame"));
    }

    @Test
    void replacesAWholeFile() throws IOException {
        var io = new LocalFileStore();
        Path file = directory.resolve("mark");
        FramedFile.write(io, file, MAGIC, 1, new byte[] {1});
        FramedFile.write(io, file, MAGIC, 1, new byte[] {2, 3});
        assertThat(FramedFile.read(io, file, MAGIC, 1)).containsExactly(2, 3);
        assertThat(io.list(directory)).containsExactly(file);
    }

    @Test
    void refusesEveryTruncationFlippedBitAndTrailingByte() throws IOException {
        var io = new LocalFileStore();
        Path file = directory.resolve("mark");
        byte[] frame = FramedFile.frame(MAGIC, 1, new byte[] {1, 2, 3});
        for (int length = 0; length < frame.length; length++) {
            Files.write(file, Arrays.copyOf(frame, length));
            assertRefused(io, file);
        }
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
            Files.write(file, flipped);
            assertRefused(io, file);
        }
        Files.write(file, Arrays.copyOf(frame, frame.length + 1));
        assertRefused(io, file);
    }

    @Test
    void refusesANewerVersionByBothNumbers() {
        byte[] frame = FramedFile.frame(MAGIC, 7, new byte[0]);
        assertThatThrownBy(() -> FramedFile.body("f", frame, frame.length, MAGIC, 2))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version 7")
                .hasMessageContaining("up to 2");
    }

    private static void assertRefused(LocalFileStore io, Path file) {
        assertThatThrownBy(() -> FramedFile.read(io, file, MAGIC, 1))
                .isInstanceOfSatisfying(
                        CorruptDataException.class,
                        e -> assertThat(e.path()).isEqualTo(file.toString()));
    }
}
