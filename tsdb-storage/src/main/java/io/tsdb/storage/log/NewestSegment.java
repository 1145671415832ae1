package io.tsdb.storage.log;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The file `newest` of a log: number of the newest segment that may hold acknowledged entries, and
/// how long its file is at least, so that its absence is noticed, and that of its end. Bytes:
/// `docs/format/wal.md`.
///
/// @param number 0 in a log that has none yet
/// @param bytes 0 where nobody says
record NewestSegment(long number, long bytes) {
    private static final String FILE = "newest";
    private static final String MAGIC = "TSDBWALN";

    /// Since 2 it says how long the file is.
    private static final int VERSION = 2;

    private static final NewestSegment NONE = new NewestSegment(0, 0);

    static Path path(Path directory) {
        return directory.resolve(FILE);
    }

    /// @return empty when the log was never begun, or by a program that did not keep it
    static Optional<NewestSegment> load(FileStore io, Path directory) throws IOException {
        Path file = path(directory);
        if (!io.exists(file)) {
            return Optional.empty();
        }
        byte[] body = FramedFile.read(io, file, MAGIC, VERSION);
        return switch (body.length) {
            case Long.BYTES -> Optional.of(new NewestSegment(LittleEndian.getLong(body, 0), 0));
            case 2 * Long.BYTES ->
                    Optional.of(
                            new NewestSegment(
                                    LittleEndian.getLong(body, 0),
                                    LittleEndian.getLong(body, Long.BYTES)));
            default ->
                    throw new CorruptDataException(
                            file.toString(), 0, "body of " + body.length + " bytes");
        };
    }

    /// @param segments that are there, in order
    /// @throws CorruptDataException when the newest is not among them, or lacks its end, or the
    ///   file is damaged
    static void check(FileStore io, Path directory, List<Path> segments) throws IOException {
        NewestSegment newest = load(io, directory).orElse(NONE);
        if (newest.number == 0) {
            return;
        }
        Path path = SegmentFiles.path(directory, newest.number);
        if (segments.isEmpty() || SegmentFiles.number(segments.getLast()) < newest.number) {
            throw new CorruptDataException(
                    path.toString(),
                    0,
                    "the segment is missing, and with it entries that were acknowledged: put it"
                            + " back, or restore a backup");
        }
        long there = segments.contains(path) ? io.size(path) : newest.bytes;
        if (there < newest.bytes) {
            throw new CorruptDataException(
                    path.toString(),
                    there,
                    "the segment was cut here, it had %d bytes, and with them perhaps entries that were acknowledged: put it back, or restore a backup"
                            .formatted(newest.bytes));
        }
    }

    /// Says that the segments which are there are all. Durable when it returns.
    static void store(FileStore io, Path directory, List<Path> segments) throws IOException {
        NewestSegment newest =
                segments.isEmpty()
                        ? NONE
                        : new NewestSegment(
                                SegmentFiles.number(segments.getLast()),
                                io.size(segments.getLast()));
        newest.store(io, directory);
    }

    /// Durable when it returns.
    void store(FileStore io, Path directory) throws IOException {
        byte[] body = new byte[2 * Long.BYTES];
        LittleEndian.putLong(body, 0, number);
        LittleEndian.putLong(body, Long.BYTES, bytes);
        FramedFile.write(io, path(directory), MAGIC, VERSION, body);
    }
}
