package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a data directory is: its number of shards, fixed at creation, and the databases. Replaced
/// whole when one comes or goes.
///
/// Bytes: `docs/format/store.md`.
record StoreMeta(int shardCount, SortedSet<String> databases) {
    static final String FILE = "store";
    static final String MAGIC = "TSDBSTOR";
    static final int VERSION = 1;

    StoreMeta(int shardCount, Collection<String> databases) {
        this(shardCount, new TreeSet<>(databases));
    }

    static Optional<StoreMeta> load(FileStore io, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        return io.exists(file)
                ? Optional.of(decode(FramedFile.read(io, file, MAGIC, VERSION), file.toString()))
                : Optional.empty();
    }

    void store(FileStore io, Path directory) throws IOException {
        FramedFile.write(io, directory.resolve(FILE), MAGIC, VERSION, encode());
    }

    byte[] encode() {
        int size = 6;
        for (String database : databases) {
            size += 2 + database.getBytes(StandardCharsets.UTF_8).length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) shardCount).putInt(databases.size());
        for (String database : databases) {
            byte[] name = database.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) name.length).put(name);
        }
        return out.array();
    }

    static StoreMeta decode(byte[] body, String path) {
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int shardCount = in.getShort();
            int count = in.getInt();
            var databases = new TreeSet<String>();
            for (int i = 0; i < count; i++) {
                byte[] name = new byte[in.getShort() & 0xFFFF];
                in.get(name);
                databases.add(new String(name, StandardCharsets.UTF_8));
            }
            return new StoreMeta(shardCount, databases);
        } catch (BufferUnderflowException e) {
            throw new CorruptDataException(path, body.length, "store file ends too early");
        }
    }
}
