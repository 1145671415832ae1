package io.tsdb.storage.shard;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// When the shards of a node merge their parts: every few seconds what is due; what replicas merge,
/// when a head was cut, so that all do at the same entry.
///
/// Any thread. Shards of a node alone are added before anything runs.
final class Compactions {
    private static final Logger LOG = LoggerFactory.getLogger(Compactions.class);

    private record OfShard(Shard shard, Compactor compactor) {}

    private final Executor executor;
    private final DiskRoom disk;
    private final List<OfShard> all = new CopyOnWriteArrayList<>();

    /// @param executor runs what comes with a cut, one after the other
    Compactions(Executor executor, DiskRoom disk) {
        this.executor = executor;
        this.disk = disk;
    }

    void add(Shard shard, Compactor compactor) {
        all.add(new OfShard(shard, compactor));
    }

    /// Ends what a shard merges: it goes.
    void remove(Shard shard) {
        for (OfShard one : all) {
            if (one.shard() == shard) {
                one.compactor().stop();
            }
        }
        all.removeIf(one -> one.shard() == shard);
    }

    /// Merges parts until nothing is due. Of replicas the one that leads has its head cut.
    void run() {
        for (OfShard one : all) {
            Shard shard = one.shard();
            if (!shard.isReplicated()) {
                one.compactor().run();
            } else if (shard.proposes() && !disk.isLow() && one.compactor().isDue()) {
                shard.flush()
                        .whenComplete(
                                (_, failure) -> {
                                    if (failure != null) {
                                        LOG.debug("shard {} merges later", shard.id(), failure);
                                    }
                                });
            }
        }
    }

    /// The same, unless it is to wait for room: outputs are written before inputs go.
    void runWhenRoom() {
        if (!disk.isLow()) {
            run();
        }
    }

    /// Merges what replicas merge at an entry that cut the head; nothing where nobody else applies
    /// the log.
    void runAt(Compactor compactor, long logIndex, long seconds) {
        if (seconds > 0) {
            try {
                executor.execute(StoreThreads.goingOn(() -> compactor.runAt(logIndex, seconds)));
            } catch (RejectedExecutionException e) {
                LOG.debug("closing: what was cut at entry {} is merged later", logIndex, e);
            }
        }
    }

    /// The same at the newest cuts of which the parts are here: whoever had them before, this node
    /// or the one that they were copied from, may not have come to the end of it. To be asked
    /// before the log brings more: from what a later entry brings other parts would be made than
    /// the other replicas have.
    void makeUp(Shard shard) {
        if (shard.isReplicated()) {
            List<MergeMark> merges = shard.partSet().named().merges();
            for (OfShard one : all) {
                if (one.shard() == shard) {
                    merges.forEach(at -> runAt(one.compactor(), at.logIndex(), at.seconds()));
                }
            }
        }
    }

    /// Ends what is under way, and all that would follow.
    void stop() {
        all.forEach(one -> one.compactor().stop());
    }
}
