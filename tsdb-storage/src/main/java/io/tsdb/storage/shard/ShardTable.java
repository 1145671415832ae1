package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The shards of a store: those that are here, which come and go where there are replicas, and the
/// way into each.
final class ShardTable {
    private final FileStore io;
    private final Path directory;
    private final NodeLog log;
    private final Compactions compactions;
    private final List<ShardWriter> writers = new ArrayList<>();
    private final List<RemoteShard> elsewhere = new ArrayList<>();
    private final List<Shard> shards = new CopyOnWriteArrayList<>();
    private @Nullable ShardFactory factory;

    /// @param directory of the store
    ShardTable(FileStore io, Path directory, NodeLog log, Compactions compactions) {
        this.io = io;
        this.directory = directory;
        this.log = log;
        this.compactions = compactions;
    }

    /// Opens those that are here. Once.
    void open(ShardFactory made, int count) throws IOException {
        factory = made;
        for (int id = 0; id < count; id++) {
            var remote = new RemoteShard(log.shard(id));
            elsewhere.add(remote);
            ShardWriter way = remote;
            if (log.keeps(id)) {
                Shard shard =
                        made.open(id, count); // more may come: each has its part of the memory
                shards.add(shard);
                way = shard;
            } else {
                io.deleteTree(
                        StoreFiles.shard(directory, id)); // of a move that did not come to its end
            }
            writers.add(log.isReplicated() ? new ShardGate(way) : way);
        }
    }

    /// Those that are here, as of now: it changes.
    List<Shard> shards() {
        return shards;
    }

    /// The way into each, by number.
    List<ShardWriter> writers() {
        return writers;
    }

    Optional<Shard> find(int id) {
        return shards.stream().filter(shard -> shard.id() == id).findFirst();
    }

    /// Opens one whose files have come here, and has it apply its log.
    void come(int id) throws IOException {
        ShardFactory made = factory;
        if (made == null) {
            throw new IllegalStateException("BUG: shard " + id + " comes before any was opened");
        }
        Shard shard = made.open(id, writers.size());
        boolean started = false;
        try {
            compactions.makeUp(shard);
            shard.start();
            shard.finishRecovery();
            started = true;
        } finally {
            if (!started) {
                compactions.remove(shard);
                shard.stopTaking();
                shard.close();
            }
        }
        shards.add(shard);
    }

    /// Has what is written here go to the shard here, or to where it is kept.
    void lead(int id, boolean here) {
        Optional<Shard> shard = find(id);
        if (writers.get(id) instanceof ShardGate gate) {
            gate.lead(here && shard.isPresent() ? shard.get() : elsewhere.get(id));
        }
    }

    boolean leadsHere(int id) {
        return writers.get(id) instanceof ShardGate gate && !gate.leadsTo(elsewhere.get(id));
    }

    /// Takes one out: nothing goes there any more.
    Optional<Shard> take(int id) {
        lead(id, false);
        Optional<Shard> shard = find(id);
        shard.ifPresent(
                found -> {
                    shards.remove(found);
                    compactions.remove(found);
                });
        return shard;
    }

    /// Ends the log of a shard, with what is left of it.
    void dropLog(int id) throws IOException {
        log.drop(id);
    }
}
