package io.tsdb.storage.part;

import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.parquet.PageFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// A file mapped for reading: any thread, until it is closed. (A channel would be closed by the
/// interruption of any of its readers.)
///
/// A small one is not mapped: it is opened for each read, which must find it still there. A process
/// has some 65,000 maps at most, and closing one stops all threads for a moment; there may be more
/// small parts than that, and their blocks are in the cache once they are read.
final class MappedFile implements PageFile, AutoCloseable {
    private static final int UNMAPPED_BYTES_MAX = 1 << 16;

    private final FileStore io;
    private final Path path;
    private final long sizeBytes;
    private final @Nullable Mapping mapping;

    private MappedFile(FileStore io, Path path, long sizeBytes) throws IOException {
        this.io = io;
        this.path = path;
        this.sizeBytes = sizeBytes;
        this.mapping = sizeBytes <= UNMAPPED_BYTES_MAX ? null : new Mapping(io, path, sizeBytes);
    }

    private static final class Mapping {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment segment;

        Mapping(FileStore io, Path path, long sizeBytes) throws IOException {
            try {
                this.segment = io.map(path, 0, sizeBytes, arena);
            } catch (IOException e) {
                arena.close();
                throw e;
            }
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
        if (offset < 0 || length < 0 || offset > sizeBytes - length) {
            throw new CorruptDataException(
                    path(), offset, length + " bytes pass the end at " + sizeBytes);
        }
        if (mapping != null) {
            MemorySegment.copy(mapping.segment, ValueLayout.JAVA_BYTE, offset, target, 0, length);
        } else {
            readUnmapped(offset, target, length);
        }
    }

    private void readUnmapped(long offset, byte[] target, int length) {
        int count;
        try (DataFile file = io.open(path)) {
            count = file.read(ByteBuffer.wrap(target, 0, length), offset);
        } catch (NoSuchFileException e) {
            throw new CorruptDataException(path(), 0, "the file is missing");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (count < length) {
            throw new CorruptDataException(
                    path(), offset + count, "the file ends, " + sizeBytes + " bytes belong there");
        }
    }

    /// CRC-32C of the whole file.
    int checksum() {
        var checksum = new CRC32C();
        if (mapping == null) {
            byte[] content = new byte[(int) sizeBytes];
            read(0, content, content.length);
            checksum.update(content, 0, content.length);
            return (int) checksum.getValue();
        }
        long step = 1 << 24;
        for (long at = 0; at < sizeBytes; at += step) {
            checksum.update(
                    mapping.segment.asSlice(at, Math.min(step, sizeBytes - at)).asByteBuffer());
        }
        return (int) checksum.getValue();
    }

    @Override
    public void close() {
        if (mapping != null) {
            mapping.arena.close();
        }
    }
}
