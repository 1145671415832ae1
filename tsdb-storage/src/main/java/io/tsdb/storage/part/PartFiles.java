package io.tsdb.storage.part;

import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The two files of a part from their creation until they are durable under their names. Both carry
/// temporary names until their bytes are synced, so whoever reads the directory finds whole files
/// only. One thread at a time.
final class PartFiles {
    private final FileStore io;
    private final Path directory;
    private final Path parquet;
    private final Path index;
    private final Set<Path> grown;
    private @Nullable DataFile parquetFile;
    private @Nullable DataFile indexFile;

    private PartFiles(FileStore io, Path shardDirectory, PartId id) throws IOException {
        this.io = io;
        this.directory = id.directory(shardDirectory);
        this.parquet = id.parquetFile(shardDirectory);
        this.index = id.indexFile(shardDirectory);
        this.grown = new LinkedHashSet<>(io.makeDirectories(directory));
    }

    /// Makes the part's directory; creates no file yet.
    static PartFiles of(FileStore io, Path shardDirectory, PartId id) throws IOException {
        return new PartFiles(io, shardDirectory, id);
    }

    /// The name that the Parquet file has while it is written.
    Path temporaryParquet() {
        return temporary(parquet);
    }

    DataFile createParquet() throws IOException {
        DataFile created = create(temporary(parquet));
        parquetFile = created;
        return created;
    }

    void writeIndex(byte[] content) throws IOException {
        DataFile created = create(temporary(index));
        indexFile = created;
        created.write(ByteBuffer.wrap(content), 0);
    }

    /// Makes the bytes of both files durable, and closes them.
    void sync() throws IOException {
        for (DataFile file : open()) {
            file.sync();
        }
        closeFiles();
    }

    /// Gives both files their names; durable once [#directories] are synced.
    void rename() throws IOException {
        io.rename(temporary(index), index);
        io.rename(temporary(parquet), parquet);
    }

    /// Directories with new names in them, the outermost first.
    Set<Path> directories() {
        var all = new LinkedHashSet<>(grown);
        all.add(directory);
        return all;
    }

    /// Closes and deletes whatever there is of the part.
    void discard() throws IOException {
        closeFiles();
        for (Path file : List.of(temporary(parquet), parquet, temporary(index), index)) {
            io.delete(file);
        }
    }

    private DataFile create(Path file) throws IOException {
        if (io.exists(file)) {
            io.delete(file);
        }
        return io.create(file);
    }

    private List<DataFile> open() {
        var files = new ArrayList<DataFile>(2);
        if (parquetFile != null) {
            files.add(parquetFile);
        }
        if (indexFile != null) {
            files.add(indexFile);
        }
        return files;
    }

    private void closeFiles() throws IOException {
        List<DataFile> files = open();
        parquetFile = null;
        indexFile = null;
        for (DataFile file : files) {
            file.close();
        }
    }

    private static Path temporary(Path path) {
        return path.resolveSibling(path.getFileName() + ".tmp");
    }
}
