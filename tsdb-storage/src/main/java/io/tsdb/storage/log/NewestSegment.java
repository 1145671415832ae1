package io.tsdb.storage.log;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// The file `newest` of a log: number of the newest segment that may hold acknowledged entries, so
/// that its absence is noticed. Bytes: `docs/format/wal.md`.
final class NewestSegment {
    private static final String FILE = "newest";
    private static final String MAGIC = "TSDBWALN";
    private static final int VERSION = 1;

    private NewestSegment() {}

    static Path path(Path directory) {
        return directory.resolve(FILE);
    }

    /// @return empty when the log was never begun, or by a program that did not keep it
    static OptionalLong load(FileStore io, Path directory) throws IOException {
        Path file = path(directory);
        if (!io.exists(file)) {
            return OptionalLong.empty();
        }
        byte[] body = FramedFile.read(io, file, MAGIC, VERSION);
        if (body.length != Long.BYTES) {
            throw new CorruptDataException(file.toString(), 0, "body of " + body.length + " bytes");
        }
        return OptionalLong.of(LittleEndian.getLong(body, 0));
    }

    /// @param segments that are there, in order
    /// @throws CorruptDataException when the newest is not among them, or the file is damaged
    static void check(FileStore io, Path directory, List<Path> segments) throws IOException {
        long number = load(io, directory).orElse(0);
        if (number > 0
                && (segments.isEmpty() || SegmentFiles.number(segments.getLast()) < number)) {
            throw new CorruptDataException(
                    SegmentFiles.path(directory, number).toString(),
                    0,
                    "the segment is missing, and with it entries that were acknowledged: put it"
                            + " back, or restore a backup");
        }
    }

    /// Says that the segments which are there are all. Durable when it returns.
    static void store(FileStore io, Path directory, List<Path> segments) throws IOException {
        long newest = segments.isEmpty() ? 0 : SegmentFiles.number(segments.getLast());
        store(io, directory, newest);
    }

    /// Durable when it returns.
    static void store(FileStore io, Path directory, long number) throws IOException {
        byte[] body = new byte[Long.BYTES];
        LittleEndian.putLong(body, 0, number);
        FramedFile.write(io, path(directory), MAGIC, VERSION, body);
    }
}
