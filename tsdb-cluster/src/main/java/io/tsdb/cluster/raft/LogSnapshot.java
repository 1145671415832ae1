package io.tsdb.cluster.raft;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/// Up to where a replica needs its Raft log no more: what lies before is in parts, or in the
/// `store` file. Replaced whole, after those are durable.
///
/// Bytes: `docs/format/raft-log.md#snapshot`.
///
/// @param term of the entry with this index
/// @param index newest entry that is in it
/// @param origins as of that entry
record LogSnapshot(long term, long index, Origins origins) {
    static final String MAGIC = "TSDBRSNP";
    static final int VERSION = 1;

    private static final int FIXED_BYTES = 2 * Long.BYTES;

    static Path file(Path directory, int log) {
        return directory.resolve("log-" + log + ".snapshot");
    }

    static Optional<LogSnapshot> load(FileStore io, Path file) throws IOException {
        if (!io.exists(file)) {
            return Optional.empty();
        }
        byte[] body = FramedFile.read(io, file, MAGIC, VERSION);
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        try {
            var snapshot = new LogSnapshot(in.getLong(), in.getLong(), Origins.get(in));
            if (in.hasRemaining()) {
                throw new CorruptDataException(
                        file.toString(), in.position(), "bytes follow the origins");
            }
            return Optional.of(snapshot);
        } catch (BufferUnderflowException e) {
            throw new CorruptDataException(file.toString(), body.length, "ends too early");
        }
    }

    void store(FileStore io, Path file) throws IOException {
        ByteBuffer out =
                ByteBuffer.allocate(FIXED_BYTES + origins.sizeBytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(term).putLong(index);
        origins.put(out);
        FramedFile.write(io, file, MAGIC, VERSION, out.array());
    }
}
