package io.tsdb.cluster.node.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory for the time that a command runs.
///
/// @param path of the directory
record TemporaryDirectory(Path path) {
    static TemporaryDirectory create(String prefix) throws IOException {
        return new TemporaryDirectory(Files.createTempDirectory(prefix));
    }

    /// Deletes it and all that is in it.
    void delete() throws IOException {
        List<Path> all;
        try (Stream<Path> entries = Files.walk(path)) {
            all = entries.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : all) {
            Files.deleteIfExists(entry);
        }
    }
}
