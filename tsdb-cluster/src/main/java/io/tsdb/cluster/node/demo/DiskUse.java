package io.tsdb.cluster.node.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What a data directory takes on disk.
///
/// @param partBytes Parquet files and their indexes
/// @param logBytes segments of the log, filled or not
/// @param otherBytes the rest: series, manifests
public record DiskUse(long partBytes, long logBytes, long otherBytes) {
    /// Looks now; files that come and go meanwhile may or may not be counted.
    public static DiskUse of(Path data) throws IOException {
        long parts = 0;
        long log = 0;
        long other = 0;
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                long size = sizeOf(file);
                String path = data.relativize(file).toString();
                if (path.endsWith(".parquet") || path.endsWith(".index")) {
                    parts += size;
                } else if (path.startsWith("wal")) {
                    log += size;
                } else {
                    other += size;
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new DiskUse(parts, log, other);
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException _) {
            return 0;
        }
    }

    public long totalBytes() {
        return partBytes + logBytes + otherBytes;
    }
}
