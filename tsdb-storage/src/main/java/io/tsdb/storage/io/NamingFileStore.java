package io.tsdb.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// A file store whose failures say which file, and doing what ([FileFailure]): the one place for
/// it, whichever store is behind and whoever calls.
public final class NamingFileStore implements FileStore {
    private final FileStore files;

    public NamingFileStore(FileStore files) {
        this.files = files;
    }

    private interface Act<T> {
        T run() throws IOException;
    }

    private interface Change {
        void run() throws IOException;
    }

    private static <T> T named(String act, Path path, Act<T> tried) throws IOException {
        try {
            return tried.run();
        } catch (IOException e) {
            throw FileFailure.of(act, path, e);
        }
    }

    private static void changed(String act, Path path, Change tried) throws IOException {
        try {
            tried.run();
        } catch (IOException e) {
            throw FileFailure.of(act, path, e);
        }
    }

    @Override
    public DataFile create(Path file) throws IOException {
        return new NamedFile(file, named("cannot create", file, () -> files.create(file)));
    }

    @Override
    public DataFile open(Path file) throws IOException {
        return new NamedFile(file, named("cannot open", file, () -> files.open(file)));
    }

    @Override
    public byte[] readAll(Path file) throws IOException {
        return named("cannot read", file, () -> files.readAll(file));
    }

    @Override
    public MemorySegment map(Path file, long offset, long size, Arena arena) throws IOException {
        return named("cannot map", file, () -> files.map(file, offset, size, arena));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        changed("cannot put the new file at", to, () -> files.rename(from, to));
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        changed("cannot link or copy " + existing + " to", link, () -> files.link(existing, link));
    }

    @Override
    public void delete(Path file) throws IOException {
        changed("cannot delete", file, () -> files.delete(file));
    }

    @Override
    public List<Path> makeDirectories(Path directory) throws IOException {
        return named("cannot create directory", directory, () -> files.makeDirectories(directory));
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return named("cannot list directory", directory, () -> files.list(directory));
    }

    @Override
    public boolean exists(Path file) throws IOException {
        return files.exists(file);
    }

    @Override
    public long size(Path file) throws IOException {
        return named("cannot read the size of", file, () -> files.size(file));
    }

    @Override
    public Path onMachine(Path file) throws IOException {
        return named("cannot place", file, () -> files.onMachine(file));
    }

    @Override
    public void syncFile(Path file) throws IOException {
        changed("cannot sync", file, () -> files.syncFile(file));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        changed("cannot sync directory", directory, () -> files.syncDirectory(directory));
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return named(
                "cannot read the free space at", directory, () -> files.usableBytes(directory));
    }

    private record NamedFile(Path path, DataFile file) implements DataFile {
        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            changed("cannot write", path, () -> file.write(source, position));
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return named("cannot read", path, () -> file.read(target, position));
        }

        @Override
        public void sync() throws IOException {
            changed("cannot sync", path, file::sync);
        }

        @Override
        public long size() throws IOException {
            return named("cannot read the size of", path, file::size);
        }

        @Override
        public void truncate(long size) throws IOException {
            changed("cannot shorten", path, () -> file.truncate(size));
        }

        @Override
        public void close() throws IOException {
            changed("cannot close", path, file::close);
        }
    }
}
