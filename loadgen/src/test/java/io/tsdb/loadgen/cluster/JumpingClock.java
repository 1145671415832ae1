package io.tsdb.loadgen.cluster;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A process's time of day, which can be set while it runs, by libfaketime (Debian's package
/// `faketime`). What measures durations goes on as it is.
final class JumpingClock {
    private static final Path LIBRARIES = Path.of("/usr/lib");
    private static final PathMatcher LIBRARY =
            FileSystems.getDefault().getPathMatcher("glob:{*/,}faketime/libfaketimeMT.so.*");

    private final Path file;

    /// @param file that tells the process its time
    JumpingClock(Path file) throws IOException {
        this.file = file;
        set(Duration.ZERO);
    }

    private static Optional<Path> library() {
        try (Stream<Path> all = Files.find(LIBRARIES, 3, (path, _) -> isLibrary(path))) {
            return all.findFirst();
        } catch (IOException | UncheckedIOException noneToSee) {
            return Optional.empty();
        }
    }

    private static boolean isLibrary(Path path) {
        return LIBRARY.matches(LIBRARIES.relativize(path));
    }

    /// Skips the test where there is no libfaketime.
    static void assumePossible() {
        Assumptions.assumeTrue(
                library().isPresent(), "skipped: libfaketime (package faketime) is not installed");
    }

    /// Environment of the process; empty where there is no libfaketime. Without its mending of
    /// timed waits, with which the JVM's end too early.
    Map<String, String> environment() {
        return library()
                .map(
                        library ->
                                Map.of(
                                        "LD_PRELOAD", library.toString(),
                                        "FAKETIME_TIMESTAMP_FILE", file.toString(),
                                        "FAKETIME_CACHE_DURATION", "1",
                                        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                                        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                                        "FAKETIME_DONT_RESET", "1"))
                .orElse(Map.of());
    }

    /// @param ahead of what it is
    void set(Duration ahead) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(aside, "%+d\n".formatted(ahead.toSeconds()));
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
