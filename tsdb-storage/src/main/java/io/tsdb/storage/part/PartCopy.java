package io.tsdb.storage.part;

import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/// The Parquet file of a part that comes from elsewhere, in pieces. It takes the part's name only
/// when it is, byte for byte, what the manifest names; the index is made from it where that is
/// damaged too. One thread; closed without [#finish] nothing has changed.
public final class PartCopy implements AutoCloseable {
    private final FileStore io;
    private final Path shardDirectory;
    private final PartSummary part;
    private final Path target;
    private final Path temporary;
    private final List<Path> grown;
    private final DataFile file;
    private final CRC32C checksum = new CRC32C();
    private long sizeBytes;
    private boolean isOpen = true;

    private PartCopy(FileStore io, Path shardDirectory, PartSummary part) throws IOException {
        this.io = io;
        this.shardDirectory = shardDirectory;
        this.part = part;
        this.target = part.id().parquetFile(shardDirectory);
        this.temporary = target.resolveSibling(target.getFileName() + ".tmp");
        this.grown = io.makeDirectories(part.id().directory(shardDirectory));
        io.delete(temporary); // of a copy that did not come to its end
        this.file = io.create(temporary);
    }

    /// @param part what the manifest says of it
    public static PartCopy begin(FileStore io, Path shardDirectory, PartSummary part)
            throws IOException {
        return new PartCopy(io, shardDirectory, part);
    }

    /// Where the next piece begins.
    public long sizeBytes() {
        return sizeBytes;
    }

    /// Whether all of it is there.
    public boolean isComplete() {
        return sizeBytes == part.parquetBytes();
    }

    /// @throws CorruptDataException when it is more than belongs there
    public void add(byte[] piece) throws IOException {
        if (piece.length > part.parquetBytes() - sizeBytes) {
            throw new CorruptDataException(
                    target.toString(),
                    sizeBytes,
                    "a copy of more than " + part.parquetBytes() + " bytes");
        }
        file.write(ByteBuffer.wrap(piece), sizeBytes);
        checksum.update(piece, 0, piece.length);
        sizeBytes += piece.length;
    }

    /// Puts the file in place, durably.
    ///
    /// @throws CorruptDataException when it is not what the manifest names: nothing has changed
    public void finish() throws IOException {
        if (!isComplete() || (int) checksum.getValue() != part.parquetCrc()) {
            throw new CorruptDataException(
                    target.toString(),
                    0,
                    "a copy of %d bytes with CRC %08x, where %d with %08x belong"
                            .formatted(
                                    sizeBytes,
                                    checksum.getValue(),
                                    part.parquetBytes(),
                                    part.parquetCrc()));
        }
        file.sync();
        closeFile();
        io.rename(temporary, target);
        for (Path directory : grown) {
            io.syncDirectory(directory);
        }
        io.syncDirectory(part.id().directory(shardDirectory));
        try {
            PartCheck.checkIndex(io, shardDirectory, part);
        } catch (CorruptDataException _) {
            PartRepair.rebuildIndex(io, shardDirectory, part);
        }
    }

    private void closeFile() throws IOException {
        isOpen = false;
        file.close();
    }

    @Override
    public void close() throws IOException {
        if (isOpen) {
            closeFile();
        }
        io.delete(temporary);
    }
}
