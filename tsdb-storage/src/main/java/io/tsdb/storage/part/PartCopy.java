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
/// when it is, byte for byte, what was to come; the index is made from it where there is none that
/// is whole. One thread; closed without [#finish] nothing has changed.
public final class PartCopy implements AutoCloseable {
    private final FileStore io;
    private final Path shardDirectory;
    private final PartSummary part;
    private final boolean isNew;
    private final Path target;
    private final Path temporary;
    private final List<Path> grown;
    private final DataFile file;
    private final CRC32C checksum = new CRC32C();
    private long sizeBytes;
    private boolean isOpen = true;
    private boolean isDone;

    private PartCopy(FileStore io, Path shardDirectory, PartSummary part, boolean isNew)
            throws IOException {
        this.io = io;
        this.shardDirectory = shardDirectory;
        this.part = part;
        this.isNew = isNew;
        this.target = part.id().parquetFile(shardDirectory);
        this.temporary = target.resolveSibling(target.getFileName() + ".tmp");
        this.grown = io.makeDirectories(part.id().directory(shardDirectory));
        io.delete(temporary); // of a copy that did not come to its end
        this.file = io.create(temporary);
    }

    /// Of a part that is here, and damaged.
    ///
    /// @param part what the manifest says of it
    public static PartCopy begin(FileStore io, Path shardDirectory, PartSummary part)
            throws IOException {
        return new PartCopy(io, shardDirectory, part, false);
    }

    /// Of a part that is not here. Where it comes from it has a number that another part may have
    /// here; so it gets one of its own.
    ///
    /// @param part what the other replica says of it
    /// @param sequence given to nothing else here
    public static PartCopy beginNew(
            FileStore io, Path shardDirectory, PartSummary part, long sequence) throws IOException {
        return new PartCopy(io, shardDirectory, part.numbered(sequence), true);
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
    /// @return what the manifest names, or is to name
    /// @throws CorruptDataException when it is not what was to come: nothing has changed
    public PartSummary finish() throws IOException {
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
        PartSummary done = isNew ? PartRepair.makeIndex(io, shardDirectory, part) : withIndex();
        isDone = true;
        return done;
    }

    private PartSummary withIndex() throws IOException {
        try {
            PartCheck.checkIndex(io, shardDirectory, part);
        } catch (CorruptDataException _) {
            PartRepair.rebuildIndex(io, shardDirectory, part);
        }
        return part;
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
        if (isNew && !isDone) {
            io.delete(target);
            io.delete(part.id().indexFile(shardDirectory));
        }
    }
}
