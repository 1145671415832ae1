package io.tsdb.storage.io;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Real files that remember what of them is durable, fail on demand, and can be brought to the
/// state that a power loss leaves.
///
/// A power loss keeps the synced bytes of each file, any of the 512-byte sectors written since, the
/// names as of the last sync of their directory, and a prefix of the changes of names since. A sync
/// that fails loses for good what it should have written, in part or whole. Files that others write
/// are durable from [#syncFile] on. Every call that changes something counts, so a test can fail
/// the n-th.
public final class FaultyFileStore implements FileStore {
    private static final int SECTOR_BYTES = 512;

    private final LocalFileStore local = new LocalFileStore();
    private final Path root;
    private final Map<Path, Image> names = new LinkedHashMap<>();
    private final Map<Path, Image> durableNames = new LinkedHashMap<>();
    private final List<NameChange> changes = new ArrayList<>();
    private final Random random;

    private int calls;
    private int syncs;
    private int failFrom = Integer.MAX_VALUE;
    private int failCount;
    private String failure = "";
    private volatile Predicate<Path> refused = _ -> false;
    private boolean full;
    private int failingSyncs;
    private String syncFailure = "";
    private volatile Runnable beforeSync = () -> {};

    /// @param root directory that [#powerLoss] copies
    public FaultyFileStore(Path root, long seed) {
        this.root = root;
        this.random = new Random(seed);
    }

    /// Takes every file that is there already for durable; without this, a power loss forgets those
    /// that were never touched.
    public void adoptFiles() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                image(file);
            }
        }
    }

    /// Lets `count` calls fail, the first one `callsFromNow` calls from now (1 is the next one).
    public synchronized void fail(int callsFromNow, int count, String message) {
        failFrom = calls + callsFromNow;
        failCount = count;
        failure = message;
    }

    /// From now on no file can be created that the test names.
    public void refuse(Predicate<Path> files) {
        refused = files;
    }

    /// From now on the disk is full, or has room again.
    public synchronized void fill(boolean nowFull) {
        full = nowFull;
    }

    private void takeRoom() throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    /// Lets the next syncs of files fail: any part of what was written since the last good one is
    /// lost, and a later sync does not bring it back.
    public synchronized void failSyncs(int count, String message) {
        failingSyncs = count;
        syncFailure = message;
    }

    /// Runs before each sync of a file, on the thread that syncs.
    public void beforeSync(Runnable action) {
        beforeSync = action;
    }

    /// Calls so far that change something.
    public synchronized int calls() {
        return calls;
    }

    /// Syncs of files so far, the failed ones too.
    public synchronized int syncs() {
        return syncs;
    }

    /// Writes what a power loss now would leave to another directory.
    public synchronized void powerLoss(Path target) throws IOException {
        var after = new LinkedHashMap<>(durableNames);
        int kept = changes.isEmpty() ? 0 : random.nextInt(changes.size() + 1);
        for (NameChange change : changes.subList(0, kept)) {
            change.apply(after);
        }
        Files.createDirectories(target);
        for (Map.Entry<Path, Image> entry : after.entrySet()) {
            Path file = target.resolve(root.relativize(entry.getKey()));
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue().afterPowerLoss(random));
        }
    }

    /// What a name change does to the names.
    private record NameChange(Path path, @Nullable Image created, @Nullable Path renamedTo) {
        void apply(Map<Path, Image> names) {
            if (created != null) {
                names.put(path, created);
                return;
            }
            Image image = names.remove(path);
            if (renamedTo != null && image != null) {
                names.put(renamedTo, image);
            }
        }
    }

    /// @param bytes null: the file was shortened to the offset
    private record Write(long offset, byte @Nullable [] bytes) {}

    /// Content of a file: what is durable and what was written since.
    private static final class Image {
        private byte[] durable = {};
        private final List<Write> writes = new ArrayList<>();

        void sync() {
            for (Write write : writes) {
                byte[] source = write.bytes();
                if (source == null) {
                    cut(write.offset());
                } else {
                    put(write.offset(), source, 0, source.length);
                }
            }
            writes.clear();
        }

        /// A failed sync: pages count as written, whether they were or not.
        void lose(Random random) {
            durable = afterPowerLoss(random);
            writes.clear();
        }

        byte[] afterPowerLoss(Random random) {
            var copy = new Image();
            copy.durable = durable.clone();
            int keptPercent = random.nextInt(3) * 50;
            for (Write write : writes) {
                byte[] source = write.bytes();
                if (source == null) {
                    if (random.nextInt(100) < keptPercent) {
                        copy.cut(write.offset());
                    }
                    continue;
                }
                for (int at = 0; at < source.length; ) {
                    long offset = write.offset() + at;
                    int count =
                            (int)
                                    Math.min(
                                            source.length - at,
                                            SECTOR_BYTES - offset % SECTOR_BYTES);
                    if (random.nextInt(100) < keptPercent) {
                        copy.put(offset, source, at, count);
                    }
                    at += count;
                }
            }
            return copy.durable;
        }

        private void cut(long size) {
            if (size < durable.length) {
                durable = Arrays.copyOf(durable, (int) size);
            }
        }

        private void put(long offset, byte[] source, int from, int count) {
            int end = (int) offset + count;
            if (end > durable.length) {
                durable = Arrays.copyOf(durable, end);
            }
            System.arraycopy(source, from, durable, (int) offset, count);
        }
    }

    private synchronized void call() throws IOException {
        calls++;
        if (calls >= failFrom && calls - failFrom < failCount) {
            throw new IOException(failure);
        }
    }

    private synchronized void change(NameChange change) {
        change.apply(names);
        changes.add(change);
    }

    private synchronized Image image(Path file) {
        return names.computeIfAbsent(
                file,
                path -> {
                    var image = new Image();
                    try {
                        image.durable = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    durableNames.put(path, image);
                    return image;
                });
    }

    @Override
    public DataFile create(Path file) throws IOException {
        call();
        synchronized (this) {
            takeRoom();
        }
        if (refused.test(file)) {
            throw new IOException("poisoned");
        }
        DataFile created = local.create(file);
        var image = new Image();
        change(new NameChange(file, image, null));
        return new FaultyFile(created, image);
    }

    @Override
    public DataFile open(Path file) throws IOException {
        return new FaultyFile(local.open(file), image(file));
    }

    @Override
    public byte[] readAll(Path file) throws IOException {
        return local.readAll(file);
    }

    @Override
    public MemorySegment map(Path file, long offset, long size, Arena arena) throws IOException {
        return local.map(file, offset, size, arena);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        call();
        if (Files.isDirectory(from)) {
            local.rename(from, to); // by a restore alone: its power losses are SimulatedDisk's
            return;
        }
        image(from);
        local.rename(from, to);
        change(new NameChange(from, null, to));
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        call();
        local.link(existing, link);
        change(new NameChange(link, image(existing), null));
    }

    @Override
    public void delete(Path file) throws IOException {
        call();
        if (Files.isDirectory(file)) {
            local.delete(file); // empty: nothing that a power loss could bring back
        } else if (Files.exists(file)) {
            image(file);
            local.delete(file);
            change(new NameChange(file, null, null));
        }
    }

    @Override
    public List<Path> makeDirectories(Path directory) throws IOException {
        return local.makeDirectories(directory);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return local.list(directory);
    }

    @Override
    public boolean exists(Path file) {
        return local.exists(file);
    }

    @Override
    public long size(Path file) throws IOException {
        return local.size(file);
    }

    @Override
    public void syncFile(Path file) throws IOException {
        call();
        synchronized (this) {
            Image image = names.computeIfAbsent(file, _ -> new Image());
            image.writes.clear();
            image.durable = Files.readAllBytes(file);
            changes.add(new NameChange(file, image, null));
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        call();
        for (NameChange change : changes) {
            if (directory.equals(change.path().getParent())) {
                change.apply(durableNames);
            }
        }
        changes.removeIf(change -> directory.equals(change.path().getParent()));
    }

    @Override
    public synchronized long usableBytes(Path directory) throws IOException {
        return full ? 0 : local.usableBytes(directory);
    }

    private final class FaultyFile implements DataFile {
        private final DataFile file;
        private final Image image;

        FaultyFile(DataFile file, Image image) {
            this.file = file;
            this.image = image;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.duplicate().get(bytes);
            synchronized (FaultyFileStore.this) {
                try {
                    call();
                    if (position + bytes.length > file.size()) {
                        takeRoom();
                    }
                } catch (IOException e) {
                    write(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)), position);
                    throw e;
                }
                write(bytes, position);
            }
            source.position(source.limit());
        }

        private void write(byte[] bytes, long position) throws IOException {
            file.write(ByteBuffer.wrap(bytes), position);
            image.writes.add(new Write(position, bytes));
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void sync() throws IOException {
            beforeSync.run();
            synchronized (FaultyFileStore.this) {
                syncs++;
                boolean synced = false;
                try {
                    call();
                    if (failingSyncs > 0) {
                        failingSyncs--;
                        throw new IOException(syncFailure);
                    }
                    image.sync();
                    synced = true;
                } finally {
                    if (!synced) {
                        image.lose(random);
                    }
                }
            }
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FaultyFileStore.this) {
                call();
                file.truncate(size);
                image.writes.add(new Write(size, null));
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
