package io.tsdb.storage.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Whose a directory is, where root works in one of somebody else: what root makes there, a node
/// that runs as that user cannot read.
public final class DirectoryOwner {
    private static final String UNIX = "unix";
    private static final String USER = "unix:uid";
    private static final String GROUP = "unix:gid";
    private static final int ROOT = 0;

    private DirectoryOwner() {}

    /// Gives a file that root has just made to the owner of its directory. Files of others, and
    /// file systems without owners, stay as they are.
    public static void give(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null
                && hasOwners(directory)
                && number(file, USER) == ROOT
                && number(directory, USER) != ROOT) {
            Files.setAttribute(file, GROUP, number(directory, GROUP), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, USER, number(directory, USER), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /// What to tell a root that works in a directory of somebody else.
    public static Optional<String> warning(Path directory) {
        try {
            if (!System.getProperty("user.name", "").equals("root")
                    || !hasOwners(directory)
                    || !Files.isDirectory(directory)
                    || number(directory, USER) == ROOT) {
                return Optional.empty();
            }
            String owner = Files.getOwner(directory).getName();
            Path named = directory.toAbsolutePath().normalize();
            return Optional.of(
                    named
                            + " belongs to "
                            + owner
                            + ", and this runs as root: what root makes in it a node of "
                            + owner
                            + " cannot read; afterwards: chown -R "
                            + owner
                            + ": "
                            + named);
        } catch (IOException _) {
            return Optional.empty(); // whoever needs the directory says why it cannot be read
        }
    }

    private static boolean hasOwners(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains(UNIX);
    }

    private static int number(Path path, String attribute) throws IOException {
        return (Integer) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
    }
}
