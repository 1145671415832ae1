package io.tsdb.storage.part;

import io.tsdb.storage.io.FileStore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Parts that become durable together, so that thousands of small ones cost few waits for the disk:
/// first all of them are written, then all their files are synced side by side (a file system
/// commits what waits at once), then they get their names, and each directory is synced once.
///
/// What fails for one part fails for that one. One thread; closed without [#commit] nothing is
/// left.
public final class PartBatch implements AutoCloseable {
    /// A batch so small is synced by its own thread, in order.
    private static final int IN_ORDER_MAX = 4;

    private final FileStore io;
    private final Executor syncs;
    private final Set<Path> unsyncedDirectories;
    private final Map<PartId, PartFiles> parts = new LinkedHashMap<>();
    private long sizeBytes;

    /// @param syncs runs waits for the disk
    /// @param unsyncedDirectories with names in them that an earlier batch could not make durable;
    ///   kept by the caller from batch to batch, empty at first
    public PartBatch(FileStore io, Executor syncs, Set<Path> unsyncedDirectories) {
        this.io = io;
        this.syncs = syncs;
        this.unsyncedDirectories = unsyncedDirectories;
    }

    /// Takes a part whose files are written.
    void add(PartId id, PartFiles files, long bytes) {
        parts.put(id, files);
        sizeBytes += bytes;
    }

    public int partCount() {
        return parts.size();
    }

    /// Bytes of the files of all parts.
    public long sizeBytes() {
        return sizeBytes;
    }

    /// Leaves a part out, and deletes its files.
    public void discard(PartId id) throws IOException {
        PartFiles files = parts.remove(id);
        if (files != null) {
            files.discard();
        }
    }

    /// Makes the parts durable, under their names.
    ///
    /// @return parts that could not be made so, and why; their files are gone, or go at the next
    ///   start
    /// @throws IOException when a directory cannot be synced: nothing is known of any part
    public Map<PartId, IOException> commit() throws IOException {
        var failed = new LinkedHashMap<PartId, IOException>();
        inParallel(parts.keySet(), id -> files(id).sync(), failed);
        for (PartId id : parts.keySet()) {
            if (!failed.containsKey(id)) {
                try {
                    files(id).rename();
                } catch (IOException e) {
                    failed.put(id, e);
                }
            }
        }
        for (PartFiles files : parts.values()) {
            unsyncedDirectories.addAll(files.directories());
        }
        for (PartId id : failed.keySet()) {
            discardQuietly(id, failed);
        }
        var directories = new LinkedHashMap<Path, IOException>();
        inParallel(unsyncedDirectories, io::syncDirectory, directories);
        if (!directories.isEmpty()) {
            throw directories.values().iterator().next();
        }
        unsyncedDirectories.clear();
        parts.clear();
        return failed;
    }

    private PartFiles files(PartId id) {
        PartFiles files = parts.get(id);
        if (files == null) {
            throw new IllegalStateException("BUG: part " + id + " is not in the batch");
        }
        return files;
    }

    private void discardQuietly(PartId id, Map<PartId, IOException> failed) {
        try {
            discard(id);
        } catch (IOException e) {
            IOException first = failed.get(id);
            if (first != null) {
                first.addSuppressed(e);
            }
        }
    }

    private interface Act<T> {
        void run(T target) throws IOException;
    }

    private <T> void inParallel(Set<T> targets, Act<T> act, Map<T, IOException> failed) {
        boolean inOrder = targets.size() <= IN_ORDER_MAX;
        var waits = new ArrayList<CompletableFuture<Void>>();
        for (T target : targets) {
            Runnable one =
                    () -> {
                        try {
                            act.run(target);
                        } catch (IOException e) {
                            synchronized (failed) {
                                failed.put(target, e);
                            }
                        }
                    };
            if (inOrder) {
                one.run();
            } else {
                waits.add(CompletableFuture.runAsync(one, syncs));
            }
        }
        waits.forEach(CompletableFuture::join);
    }

    /// Deletes what was not committed.
    @Override
    public void close() throws IOException {
        IOException first = null;
        for (PartId id : List.copyOf(parts.keySet())) {
            try {
                discard(id);
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
