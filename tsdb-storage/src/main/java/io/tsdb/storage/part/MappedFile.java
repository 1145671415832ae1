package io.tsdb.storage.part;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.parquet.PageFile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// A file mapped for reading: any thread, until it is closed. (A channel would be closed by the
/// interruption of any of its readers.)
final class MappedFile implements PageFile, AutoCloseable {
    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private MappedFile(FileStore io, Path path, long sizeBytes) throws IOException {
        this.path = path;
        try {
            this.segment = io.map(path, 0, sizeBytes, arena);
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    /// @param sizeBytes size that the file must have
    /// @throws CorruptDataException when the file is missing or of another size
    static MappedFile open(FileStore io, Path path, long sizeBytes) throws IOException {
        long found = sizeOf(io, path);
        if (found != sizeBytes) {
            throw new CorruptDataException(
                    path.toString(),
                    Math.min(found, sizeBytes),
                    found + " bytes where " + sizeBytes + " belong");
        }
        return new MappedFile(io, path, sizeBytes);
    }

    /// @throws CorruptDataException when there is no such file
    static long sizeOf(FileStore io, Path path) throws IOException {
        try {
            return io.size(path);
        } catch (NoSuchFileException e) {
            throw new CorruptDataException(path.toString(), 0, "the file is missing");
        }
    }

    @Override
    public String path() {
        return path.toString();
    }

    @Override
    public void read(long offset, byte[] target, int length) {
        if (offset < 0 || length < 0 || offset > segment.byteSize() - length) {
            throw new CorruptDataException(
                    path(), offset, length + " bytes pass the end at " + segment.byteSize());
        }
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, target, 0, length);
    }

    /// CRC-32C of the whole file.
    int checksum() {
        var checksum = new CRC32C();
        long step = 1 << 24;
        for (long at = 0; at < segment.byteSize(); at += step) {
            checksum.update(
                    segment.asSlice(at, Math.min(step, segment.byteSize() - at)).asByteBuffer());
        }
        return (int) checksum.getValue();
    }

    @Override
    public void close() {
        arena.close();
    }
}
