package io.tsdb.storage.io;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// A disk in memory that promises what [FileStore] promises and not a bit more: from it come the
/// disks that power losses leave.
///
/// A power loss keeps the synced bytes of each file and, of the 512-byte sectors written since,
/// any; the names as of the last sync of their directory and, of the changes since, any, in
/// whatever order. A directory is a name too: one that is not durable takes everything in it along.
/// A sync that fails loses for good any part of what it should have made durable. A [Watcher] is
/// asked before each sync, and may hold it back, or let it fail. Files that a library opens by
/// itself ([FileStore#onMachine]) lie below the root on the machine's own disk; they are durable
/// from [#syncFile] on, and anything before.
public final class SimulatedDisk implements FileStore {
    /// What is to be made durable.
    public enum Sync {
        FILE,
        DIRECTORY
    }

    /// Asked before each sync, on the thread that syncs.
    public interface Watcher {
        /// @throws IOException the sync fails with it
        void beforeSync(Sync kind, Path path) throws IOException;
    }

    /// Syncs that lie: they succeed, and nothing is durable. For tests of tests.
    public interface Lie {
        boolean about(Sync kind, Path path);
    }

    private final Path root;
    private final Folder top;
    private final Random random;
    private volatile Watcher watcher = (_, _) -> {};
    private volatile Lie lie = (_, _) -> false;
    private boolean full;

    /// @param root every path is below it
    public SimulatedDisk(Path root, long seed) {
        this(root, new Folder(), new Random(seed));
    }

    private SimulatedDisk(Path root, Folder top, Random random) {
        this.root = root;
        this.top = top;
        this.random = random;
    }

    public void watch(Watcher all) {
        watcher = all;
    }

    public void lieAbout(Lie syncs) {
        lie = syncs;
    }

    /// From now on the disk is full, or has room again.
    public synchronized void fill(boolean nowFull) {
        full = nowFull;
    }

    /// The disk that a power loss now would leave.
    ///
    /// @param newRoot where it appears to be
    public synchronized SimulatedDisk powerLoss(Path newRoot) throws IOException {
        var seen = new IdentityHashMap<Node, Node>();
        var left = new SimulatedDisk(newRoot, new Folder(), new Random(random.nextLong()));
        left.lie = lie;
        copy(top, left.top, left, newRoot, seen);
        return left;
    }

    private void copy(
            Folder from, Folder to, SimulatedDisk disk, Path path, IdentityHashMap<Node, Node> seen)
            throws IOException {
        for (Map.Entry<String, Node> entry : from.afterPowerLoss(random).entrySet()) {
            String name = entry.getKey();
            Node copied;
            switch (entry.getValue()) {
                case Folder folder -> {
                    var below = new Folder();
                    copy(folder, below, disk, path.resolve(name), seen);
                    copied = below;
                }
                case Content content -> {
                    Node known = seen.get(content); // by another name
                    copied = known == null ? afterPowerLoss(content, path.resolve(name)) : known;
                    seen.put(content, copied);
                }
            }
            to.put(name, copied);
            to.sync();
        }
    }

    private Content afterPowerLoss(Content content, Path path) throws IOException {
        Path foreign = content.foreign;
        if (foreign == null) {
            return new Content(content.afterPowerLoss(random));
        }
        var kept = new Content(content.foreignAfterPowerLoss(foreign, random));
        kept.foreign = path;
        return kept;
    }

    private sealed interface Node permits Folder, Content {}

    /// One name less, one more, or both at once.
    private record NameChange(@Nullable String removed, @Nullable String added, @Nullable Node to) {
        void apply(Map<String, Node> names) {
            if (removed != null) {
                names.remove(removed);
            }
            if (added != null && to != null) {
                names.put(added, to);
            }
        }
    }

    /// Names as they are, and as they are durable.
    private static final class Folder implements Node {
        private final Map<String, Node> names = new TreeMap<>();
        private final Map<String, Node> durable = new TreeMap<>();
        private final List<NameChange> changes = new ArrayList<>();

        private void change(NameChange change) {
            change.apply(names);
            changes.add(change);
        }

        void put(String name, @Nullable Node node) {
            change(new NameChange(null, name, node));
        }

        void remove(String name) {
            change(new NameChange(name, null, null));
        }

        void sync() {
            changes.forEach(change -> change.apply(durable));
            changes.clear();
        }

        Map<String, Node> afterPowerLoss(Random random) {
            var after = new TreeMap<>(durable);
            int keptPercent = random.nextInt(3) * 50;
            for (NameChange change : changes) {
                if (random.nextInt(100) < keptPercent) {
                    change.apply(after);
                }
            }
            return after;
        }
    }

    /// @param bytes null: the file was shortened to the offset
    private record Write(long offset, byte @Nullable [] bytes) {}

    /// Bytes of a file as they are, and as they are durable; arrays never change once they are
    /// durable.
    private static final class Content implements Node {
        private static final int SECTOR_BYTES = 512;
        private static final int FOREIGN_BYTES_MAX = 1 << 16;

        private byte[] bytes;
        private int size;
        private byte[] durable;
        private final List<Write> unsynced = new ArrayList<>();
        private @Nullable Path foreign;

        Content(byte[] durable) {
            this.bytes = durable.clone();
            this.size = durable.length;
            this.durable = durable;
        }

        void write(byte[] source, long position) {
            int end = Math.toIntExact(position + source.length);
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(source, 0, bytes, (int) position, source.length);
            size = Math.max(size, end);
            unsynced.add(new Write(position, source));
        }

        void truncate(long newSize) {
            bytes = Arrays.copyOf(bytes, (int) newSize);
            size = (int) newSize;
            unsynced.add(new Write(newSize, null));
        }

        void sync() {
            if (!unsynced.isEmpty()) {
                durable = written(null, 100);
                unsynced.clear();
            }
        }

        /// What a failed sync leaves: the pages count as written, whether they were or not.
        void lose(Random random) {
            durable = afterPowerLoss(random);
            unsynced.clear();
        }

        byte[] afterPowerLoss(Random random) {
            return unsynced.isEmpty() ? durable : written(random, random.nextInt(3) * 50);
        }

        private byte[] written(@Nullable Random random, int keptPercent) {
            byte[] after = durable.clone();
            for (Write write : unsynced) {
                byte[] source = write.bytes();
                if (source == null) {
                    if (isKept(random, keptPercent) && write.offset() < after.length) {
                        after = Arrays.copyOf(after, (int) write.offset());
                    }
                    continue;
                }
                for (int at = 0; at < source.length; ) {
                    int offset = (int) write.offset() + at;
                    int count = Math.min(source.length - at, SECTOR_BYTES - offset % SECTOR_BYTES);
                    if (isKept(random, keptPercent)) {
                        if (offset + count > after.length) {
                            after = Arrays.copyOf(after, offset + count);
                        }
                        System.arraycopy(source, at, after, offset, count);
                    }
                    at += count;
                }
            }
            return after;
        }

        private static boolean isKept(@Nullable Random random, int keptPercent) {
            return random == null || random.nextInt(100) < keptPercent;
        }

        /// A library may have written any part of its file to disk at any time: what was durable,
        /// that with a sector of now, or, where nothing was, the beginning of what there is.
        byte[] foreignAfterPowerLoss(Path file, Random random) throws IOException {
            int kind = random.nextInt(3);
            if (kind == 0 || !Files.exists(file)) {
                return durable;
            }
            byte[] now = new byte[FOREIGN_BYTES_MAX];
            int count;
            try (var in = Files.newInputStream(file)) {
                count = in.readNBytes(now, 0, now.length);
            }
            if (durable.length < SECTOR_BYTES) {
                return Arrays.copyOf(now, random.nextInt(count + 1));
            }
            byte[] mixed = durable.clone();
            System.arraycopy(now, 0, mixed, 0, Math.min(count, SECTOR_BYTES));
            return mixed;
        }
    }

    private @Nullable Node find(Path path) {
        Node at = top;
        if (!path.equals(root)) {
            for (Path name : root.relativize(path)) {
                at = at instanceof Folder folder ? folder.names.get(name.toString()) : null;
                if (at == null) {
                    return null;
                }
            }
        }
        return at;
    }

    private Folder folder(Path path) throws NoSuchFileException {
        if (find(path) instanceof Folder folder) {
            return folder;
        }
        throw new NoSuchFileException(path.toString());
    }

    private Content content(Path path) throws NoSuchFileException {
        if (find(path) instanceof Content content) {
            return content;
        }
        throw new NoSuchFileException(path.toString());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + " is no path below the root");
        }
        return parent;
    }

    private void takeRoom() throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public synchronized DataFile create(Path file) throws IOException {
        takeRoom();
        Folder folder = folder(parent(file));
        if (folder.names.containsKey(name(file))) {
            throw new FileAlreadyExistsException(file.toString());
        }
        var created = new Content(new byte[0]);
        folder.put(name(file), created);
        return new OpenFile(file, created);
    }

    @Override
    public synchronized DataFile open(Path file) throws IOException {
        return new OpenFile(file, content(file));
    }

    @Override
    public synchronized byte[] readAll(Path file) throws IOException {
        Content content = content(file);
        return Arrays.copyOf(content.bytes, content.size);
    }

    @Override
    public synchronized MemorySegment map(Path file, long offset, long size, Arena arena)
            throws IOException {
        MemorySegment mapped = arena.allocate(size, Long.BYTES);
        byte[] bytes = content(file).bytes;
        MemorySegment.copy(
                MemorySegment.ofArray(bytes),
                offset,
                mapped,
                0,
                Math.min(size, bytes.length - offset));
        return mapped.asReadOnly();
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        Node node = find(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        Folder source = folder(parent(from));
        Folder target = folder(parent(to));
        if (source == target) {
            source.change(new NameChange(name(from), name(to), node));
        } else {
            target.put(name(to), node);
            source.remove(name(from));
        }
    }

    @Override
    public synchronized void link(Path existing, Path link) throws IOException {
        Content content = content(existing);
        Folder folder = folder(parent(link));
        if (folder.names.containsKey(name(link))) {
            throw new FileAlreadyExistsException(link.toString());
        }
        folder.put(name(link), content);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        Node node = find(file);
        if (node == null) {
            return;
        }
        if (node instanceof Folder folder && !folder.names.isEmpty()) {
            throw new IOException(file + ": Directory not empty");
        }
        if (node instanceof Content content && content.foreign != null) {
            Files.deleteIfExists(content.foreign);
        }
        folder(parent(file)).remove(name(file));
    }

    @Override
    public synchronized List<Path> makeDirectories(Path directory) throws IOException {
        var grown = new ArrayList<Path>();
        Path at = root;
        for (Path name : root.relativize(directory.toAbsolutePath())) {
            if (name.toString().isEmpty()) {
                continue;
            }
            Folder folder = folder(at);
            if (!folder.names.containsKey(name.toString())) {
                takeRoom();
                folder.put(name.toString(), new Folder());
                grown.add(at);
            }
            at = at.resolve(name);
        }
        return grown;
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        return find(directory) instanceof Folder folder
                ? folder.names.keySet().stream().map(directory::resolve).toList()
                : List.of();
    }

    @Override
    public synchronized boolean exists(Path file) {
        return find(file) != null;
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        return content(file).size;
    }

    @Override
    public synchronized Path onMachine(Path file) throws IOException {
        Files.createDirectories(parent(file));
        if (find(file) == null) {
            var created = new Content(new byte[0]);
            created.foreign = file;
            folder(parent(file)).put(name(file), created);
        } else if (!Files.exists(file)) {
            Files.write(file, content(file).durable); // what the power loss left of it
        }
        return file;
    }

    @Override
    public void syncFile(Path file) throws IOException {
        Content content;
        synchronized (this) {
            content = content(file);
            if (content.foreign != null) {
                content.truncate(0);
                content.write(Files.readAllBytes(content.foreign), 0);
            }
        }
        sync(Sync.FILE, file, content::sync, content);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        Folder folder;
        synchronized (this) {
            folder = folder(directory);
        }
        sync(Sync.DIRECTORY, directory, folder::sync, null);
    }

    /// @param lost what loses its bytes when this fails
    private void sync(Sync kind, Path path, Runnable act, @Nullable Content lost)
            throws IOException {
        try {
            watcher.beforeSync(kind, path);
        } catch (IOException e) {
            synchronized (this) {
                if (lost != null) {
                    lost.lose(random);
                }
            }
            throw e;
        }
        synchronized (this) {
            if (!lie.about(kind, path)) {
                act.run();
            }
        }
    }

    @Override
    public synchronized long usableBytes(Path directory) {
        return full ? 0 : Long.MAX_VALUE;
    }

    private final class OpenFile implements DataFile {
        private final Path path;
        private final Content content;

        OpenFile(Path path, Content content) {
            this.path = path;
            this.content = content;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            synchronized (SimulatedDisk.this) {
                if (full && position + bytes.length > content.size) {
                    content.write(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)), position);
                    takeRoom();
                }
                content.write(bytes, position);
            }
        }

        @Override
        public int read(ByteBuffer target, long position) {
            synchronized (SimulatedDisk.this) {
                int count = Math.clamp(content.size - position, 0, target.remaining());
                if (count > 0) {
                    target.put(content.bytes, (int) position, count);
                }
                return count;
            }
        }

        @Override
        public void sync() throws IOException {
            SimulatedDisk.this.sync(Sync.FILE, path, content::sync, content);
        }

        @Override
        public long size() {
            synchronized (SimulatedDisk.this) {
                return content.size;
            }
        }

        @Override
        public void truncate(long size) {
            synchronized (SimulatedDisk.this) {
                content.truncate(size);
            }
        }

        @Override
        public void close() {
            // nothing to give back
        }
    }
}
