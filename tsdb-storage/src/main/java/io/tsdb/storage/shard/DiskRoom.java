package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;

/// Whether the disk of a directory has room for more. Any thread.
final class DiskRoom {
    private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);

    private final FileStore io;
    private final Path directory;
    private final long reserveBytes;
    private volatile boolean low;

    /// @param reserveBytes it is low while there is less
    DiskRoom(FileStore io, Path directory, long reserveBytes) {
        this.io = io;
        this.directory = directory;
        this.reserveBytes = reserveBytes;
    }

    /// As of the last [#look].
    boolean isLow() {
        return low;
    }

    /// Asks the disk, and says in the log when it is otherwise than before.
    ///
    /// @return whether it is low; as before when the disk does not say
    boolean look() {
        try {
            boolean now = io.usableBytes(directory) < reserveBytes;
            if (now != low) {
                LOG.warn(
                        now
                                ? "less than {} bytes free on the disk of {}: writes are refused"
                                : "more than {} bytes free on the disk of {}: writes are taken"
                                        + " again",
                        reserveBytes,
                        directory);
                low = now;
            }
        } catch (IOException e) {
            LOG.warn("free space of {} could not be read", directory, e);
        }
        return low;
    }
}
