package io.tsdb.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Whatever fails says the file and the act; what the machine said stays the cause.
class NamingFileStoreTest {
    private static final String MACHINE_SAYS = "Input/output error";

    @TempDir Path temporary;

    /// What can fail on demand, one call at a time.
    @Test
    void namesTheFileAndTheActOfEachChange() throws IOException {
        var faulty = new FaultyFileStore(temporary, 1);
        var files = new NamingFileStore(faulty);
        Path path = temporary.resolve("000042");
        failsWith(faulty, "cannot create " + path, () -> files.create(path));
        try (DataFile file = files.create(path)) {
            failsWith(faulty, "cannot write " + path, () -> file.write(bytes(), 0));
            failsWith(faulty, "cannot sync " + path, file::sync);
            failsWith(faulty, "cannot shorten " + path, () -> file.truncate(1));
        }
        failsWith(faulty, "cannot sync " + path, () -> files.syncFile(path));
        failsWith(
                faulty, "cannot sync directory " + temporary, () -> files.syncDirectory(temporary));
        Path to = temporary.resolve("000043");
        failsWith(faulty, "cannot put the new file at " + to, () -> files.rename(path, to));
        failsWith(faulty, "cannot delete " + path, () -> files.delete(path));
        assertThat(path).exists();
    }

    private static void failsWith(FaultyFileStore faulty, String start, ThrowingCallable act) {
        faulty.fail(1, 1, MACHINE_SAYS);
        assertThatThrownBy(act)
                .isInstanceOf(FileFailure.class)
                .hasMessage(start + ": " + MACHINE_SAYS)
                .hasRootCauseMessage(MACHINE_SAYS);
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.wrap(new byte[] {1, 2, 3});
    }

    /// What the machine refuses by itself. Its own exceptions name the path first, and some of them
    /// nothing else.
    @Test
    void namesTheActOfEachRead() throws IOException {
        var files = new NamingFileStore(new LocalFileStore());
        Path directory = Files.createDirectory(temporary.resolve("directory"));
        Path file = Files.write(temporary.resolve("file"), new byte[4]);
        assertThatThrownBy(() -> files.open(directory))
                .hasMessage("cannot open " + directory + ": Is a directory");
        assertThatThrownBy(() -> files.readAll(directory))
                .hasMessage("cannot read " + directory + ": Is a directory");
        assertThatThrownBy(() -> files.create(file))
                .hasMessageMatching("cannot create " + file + ": (File exists|it exists already)");
        assertThatThrownBy(() -> files.createDirectories(file.resolve("below")))
                .hasMessage(
                        "cannot create directory " + file.resolve("below") + ": Not a directory");
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> files.map(directory, 0, 4, arena))
                    .hasMessageStartingWith("cannot map " + directory + ": ");
        }
    }

    @Test
    void aMissingFileStaysToldApart() {
        var files = new NamingFileStore(new LocalFileStore());
        Path missing = temporary.resolve("missing");
        assertThatThrownBy(() -> files.size(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": cannot read the size of: no such file");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void tellsPeopleWhichFileAndWhy(Exception failure, String text) {
        assertThat(FileFailure.text(failure)).isEqualTo(text);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new AccessDeniedException("/a/b"), "/a/b: permission denied"),
                Arguments.of(new NoSuchFileException("/a/b"), "/a/b: no such file"),
                Arguments.of(new NotDirectoryException("/a/b"), "/a/b: it is no directory"),
                Arguments.of(new FileAlreadyExistsException("/a/b"), "/a/b: it exists already"),
                Arguments.of(
                        new FileSystemException("/a/b", null, "Read-only file system"),
                        "/a/b: Read-only file system"),
                Arguments.of(new IOException("the log is overloaded"), "the log is overloaded"));
    }

    @Test
    void aFailureIsNamedOnce() throws IOException {
        var faulty = new FaultyFileStore(temporary, 1);
        var files = new NamingFileStore(new NamingFileStore(faulty));
        Path path = temporary.resolve("000042");
        failsWith(faulty, "cannot create " + path, () -> files.create(path));
    }
}
