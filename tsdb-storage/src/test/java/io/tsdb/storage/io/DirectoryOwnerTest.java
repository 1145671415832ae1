package io.tsdb.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// As root, in a directory of another user.
class DirectoryOwnerTest {
    /// Of no user of this machine, or of `nobody`.
    private static final int OTHER = 65_534;

    @TempDir Path temporary;
    private Path directory;

    @BeforeEach
    void makeADirectoryOfAnotherUser() throws IOException {
        assumeThat(System.getProperty("user.name"))
                .as("only root makes files that others cannot read")
                .isEqualTo("root");
        directory = Files.createDirectory(temporary.resolve("data"));
        Files.setAttribute(directory, "unix:gid", OTHER);
        Files.setAttribute(directory, "unix:uid", OTHER);
    }

    @Test
    void aNewFileGoesToTheOwnerOfItsDirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("tokens"));
        DirectoryOwner.give(file);
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(OTHER);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(OTHER);
        Path own = Files.createFile(temporary.resolve("own"));
        DirectoryOwner.give(own);
        assertThat(Files.getAttribute(own, "unix:uid")).isEqualTo(0);
    }

    /// Not the file that a link names.
    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path target = Files.createFile(temporary.resolve("target"));
        DirectoryOwner.give(Files.createSymbolicLink(directory.resolve("link"), target));
        assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(0);
    }

    @Test
    void warnsWhereTheDirectoryIsOfAnotherUser() {
        assertThat(DirectoryOwner.warning(directory))
                .hasValueSatisfying(
                        text ->
                                assertThat(text)
                                        .startsWith(directory + " belongs to ")
                                        .endsWith(": " + directory));
        assertThat(DirectoryOwner.warning(temporary)).isEmpty();
        assertThat(DirectoryOwner.warning(temporary.resolve("none"))).isEmpty();
    }
}
