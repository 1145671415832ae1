package io.tsdb.cluster.raft;

import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.log.EntryBytes;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.ResourceLimitException;

import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// One log of a cluster, as this node has it: a replica that delivers, and the appends of this node
/// on their way to whoever leads.
///
/// An append is answered when this replica delivers it: then a majority has it on disk, and whoever
/// asks here next sees it. Where this node keeps no replica, it is answered when its leader has
/// applied it.
final class RaftShardLog implements ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(RaftShardLog.class);

    /// More flushes than may be under way at once.
    private static final int MARKS_MAX = 4_096;

    /// Of an encoded entry with its header; the rest is for what Ratis puts around it.
    private static final int ENTRY_BYTES_MAX = RaftSettings.ENTRY_BYTES_MAX - (1 << 10);

    private static final Commit NOBODY =
            new Commit() {
                @Override
                public void committed(long index) {
                    // it is seen where it is delivered
                }

                @Override
                public void failed(Exception cause) {
                    LOG.debug("not said up to where all members have the log", cause);
                }
            };

    private final RaftNodeLog node;
    private final int number;
    private final EntryBytes decoder = new EntryBytes();

    private final AppendStream appends;
    private final AppliedIndex progress = new AppliedIndex();
    private volatile @Nullable Applier applier;
    private volatile long startIndex;
    private volatile long knownIndex;
    private volatile long deliveredIndex;
    private volatile @Nullable String leader;
    private volatile long leaderLostNanos;
    private volatile @Nullable String end;

    /// All members have the log on disk up to this entry.
    private volatile long heldIndex = -1;

    /// The delivering thread's own.
    private Origins origins = new Origins();

    /// States that a snapshot can be taken of, by index; guarded by itself.
    private final NavigableMap<Long, LogSnapshot> marks = new TreeMap<>();

    private volatile @Nullable LogSnapshot snapshot;

    RaftShardLog(RaftNodeLog node, int number) {
        this.node = node;
        this.number = number;
        this.appends = new AppendStream(number, node.link(number));
        this.leaderLostNanos = node.nanoTime();
    }

    int number() {
        return number;
    }

    @Override
    public void start(long appliedIndex, long newestIndex, Applier target) {
        boolean isLate = node.isRecovered();
        if (isLate && !node.places().hasPlace(number)) {
            throw new IllegalStateException("BUG: log " + number + " is started after recovery");
        }
        if (applier != null) {
            throw new IllegalStateException("BUG: log " + number + " is started twice");
        }
        startIndex = appliedIndex;
        knownIndex = newestIndex;
        deliveredIndex = appliedIndex;
        progress.ended("another replica begins"); // what the one before said to its end is not here
        applier = target;
        if (number == NodeLog.CATALOG) {
            node.catalog().reached(appliedIndex);
        }
        if (isLate) {
            node.startLater(this);
        }
    }

    /// This node keeps no replica any more, or is about to begin another one: appends go on, and
    /// nothing is delivered.
    void stop() {
        progress.ended("its replica has gone");
        applier = null;
        end = null;
        leader = null;
        snapshot = null;
        heldIndex = -1;
        synchronized (marks) {
            marks.clear();
        }
    }

    /// Whether this node keeps a replica: else its appends go elsewhere, and nothing is delivered
    /// here.
    boolean isStarted() {
        return applier != null;
    }

    /// Goes on from a snapshot. Before Ratis starts.
    ///
    /// @throws CorruptDataException when it is of another store
    void restore(LogSnapshot found, String path) {
        if (found.index() > startIndex) {
            throw new CorruptDataException(
                    path,
                    0,
                    "says that entries up to "
                            + found.index()
                            + " are in parts, which hold what was logged up to "
                            + startIndex
                            + ": a manifest, or the store file, is older than it");
        }
        snapshot = found;
        origins = found.origins().copy();
    }

    /// Newest entry that must be in the log, or in a snapshot of it.
    long knownIndex() {
        return knownIndex;
    }

    @Override
    public boolean isReplicated() {
        return true;
    }

    @Override
    public boolean proposes() {
        return node.self().equals(leader);
    }

    @Override
    public boolean append(LogEntry entry, Commit commit) {
        return append(entry, commit, !isStarted());
    }

    @Override
    public boolean forward(LogEntry entry, Commit commit) {
        return append(entry, commit, true);
    }

    private boolean append(LogEntry entry, Commit commit, boolean isForwarded) {
        if (!node.takes(Math.min(EntryBytes.estimateBytes(entry), ENTRY_BYTES_MAX))) {
            return false;
        }
        EntryBytes encoder = node.encoder();
        EntryBytes.Encoded encoded = encoder.encode(entry, EntryHeaderLayout.BYTES);
        node.recycle(encoder);
        if (encoded.length() > ENTRY_BYTES_MAX) {
            commit.failed(
                    new ResourceLimitException(
                            "size of an entry in a cluster's log",
                            ENTRY_BYTES_MAX,
                            encoded.length()));
            return true;
        }
        node.taken(encoded.length());
        appends.append(isForwarded ? null : entry, encoded, commit, isForwarded);
        return true;
    }

    AppendStream appends() {
        return appends;
    }

    /// Hands on what is committed. One thread, in the order of the log.
    AppendOutcome deliver(long term, long index, ByteString data) {
        // readable behind its end, as the decoder wants it
        byte[] bytes = new byte[data.size() + EntryBytes.SLACK_BYTES];
        data.copyTo(bytes, 0);
        if (data.size() <= EntryHeaderLayout.BYTES
                || bytes[EntryHeaderLayout.VERSION_OFFSET] != EntryHeaderLayout.VERSION) {
            throw new CorruptDataException(
                    NodeLog.label(number) + ", entry " + index,
                    0,
                    "is of version "
                            + bytes[EntryHeaderLayout.VERSION_OFFSET]
                            + ", this program reads "
                            + EntryHeaderLayout.VERSION);
        }
        long origin = LittleEndian.getLong(bytes, EntryHeaderLayout.ORIGIN_OFFSET);
        long sequence = LittleEndian.getLong(bytes, EntryHeaderLayout.SEQUENCE_OFFSET);
        long floor = LittleEndian.getLong(bytes, EntryHeaderLayout.FLOOR_OFFSET);
        boolean isOwn = origin == node.origin();
        AppendOutcome outcome = origins.accept(origin, sequence, floor);
        if (outcome != AppendOutcome.DELIVERED) {
            if (outcome == AppendOutcome.EARLY && isOwn) {
                appends.early();
            }
            return outcome;
        }
        PendingAppend own = isOwn ? appends.delivered(sequence) : null;
        if (bytes[EntryHeaderLayout.BYTES] == EntryHeaderLayout.KIND_HELD) {
            // a leader without followers says of entries to come, too, that all have them
            held(Math.min(index, LittleEndian.getLong(bytes, EntryHeaderLayout.BYTES + 1)));
            return outcome;
        }
        LogEntry ours = own == null ? null : own.entry();
        LogEntry entry =
                ours == null
                        ? decoder.decode(
                                NodeLog.label(number) + ", entry " + index,
                                EntryHeaderLayout.BYTES,
                                bytes,
                                EntryHeaderLayout.BYTES,
                                data.size())
                        : ours;
        if (index > startIndex) {
            apply(index, entry, own);
        }
        deliveredIndex = Math.max(deliveredIndex, index);
        if (number == NodeLog.CATALOG) {
            node.catalog().reached(index);
        }
        if (entry instanceof LogEntry.Flush || number == NodeLog.CATALOG) {
            mark(term, index);
        }
        return outcome;
    }

    private void apply(long index, LogEntry entry, @Nullable PendingAppend own) {
        Applier target = applier;
        if (target == null) {
            throw new IllegalStateException("BUG: nobody applies log " + number);
        }
        if (entry instanceof LogEntry.Write(var batch)) {
            node.catalog().await(batch.catalogIndex());
        }
        if (node.isRecovering()) {
            node.recoveredOne();
        }
        if (own != null) {
            appends.progressed();
            own.commit().committed(index);
        }
        target.apply(index, entry);
    }

    /// How far this replica has come, entries of Ratis' own included.
    AppliedIndex progress() {
        return progress;
    }

    /// What was delivered counts as applied.
    void applied() {
        node.applied(number);
    }

    private void mark(long term, long index) {
        synchronized (marks) {
            marks.put(index, new LogSnapshot(term, index, origins.copy()));
            if (marks.size() > MARKS_MAX) {
                marks.pollFirstEntry();
            }
        }
    }

    @Override
    public void trimTo(long index) {
        Map.Entry<Long, LogSnapshot> newest;
        synchronized (marks) {
            newest = marks.floorEntry(index);
            if (newest != null) {
                marks.headMap(newest.getKey(), true).clear();
            }
        }
        if (newest != null) {
            try {
                node.store(number, newest.getValue());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            snapshot = newest.getValue();
            proposeHeld();
            node.own().purge(number);
        }
    }

    /// Says in the log up to where all members have it, as only the leader knows: no replica
    /// forgets what another one may need.
    private void proposeHeld() {
        // a member that copies this log needs all behind its copy
        long index =
                proposes() && !node.places().isMoving(number) ? node.own().matchedByAll(number) : 0;
        if (index > heldIndex && end == null) {
            byte[] bytes = new byte[EntryHeaderLayout.HELD_BYTES];
            bytes[EntryHeaderLayout.BYTES] = EntryHeaderLayout.KIND_HELD;
            LittleEndian.putLong(bytes, EntryHeaderLayout.BYTES + 1, index);
            node.taken(bytes.length);
            appends.append(null, new EntryBytes.Encoded(bytes, bytes.length), NOBODY, false);
        }
    }

    private void held(long index) {
        heldIndex = Math.max(heldIndex, index);
        node.own().purge(number);
    }

    /// Newest entry that Ratis may forget; -1 when there is none.
    long purgeableIndex() {
        LogSnapshot taken = snapshot;
        return taken == null ? -1 : Math.min(taken.index(), heldIndex);
    }

    /// What the log is not needed for any more; null at first.
    @Nullable LogSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public long lastIndex() {
        return deliveredIndex;
    }

    void leaderChanged(RaftPeerId elected) {
        String before = leader;
        leader = elected.toString();
        if (!elected.toString().equals(before)) {
            LOG.info("log {}: {} leads", number, elected);
            node.happened(
                    ClusterEvents.Kind.ELECTION,
                    elected
                            + " leads "
                            + name()
                            + (before == null ? "" : ", before it was " + before));
        }
        node.leaderChanged();
    }

    private String name() {
        return number == NodeLog.CATALOG ? "the catalog" : "shard " + number;
    }

    /// Nobody delivers any more: whoever waits is told.
    void ended(String reason) {
        if (end != null || !isStarted()) {
            return;
        }
        end = reason;
        progress.ended(reason);
        if (!node.places().isMember(number)) { // it has moved, or is only just coming
            LOG.info("log {} has ended on this node: {}", number, reason);
            return;
        }
        if (!node.isClosing()) {
            LOG.error("log {} has ended on this node: {}; restart the node", number, reason);
            node.happened(ClusterEvents.Kind.END, name() + " has ended on this node: " + reason);
        }
        appends.end(reason);
        if (number == NodeLog.CATALOG) {
            node.catalog().end();
        }
    }

    /// Whether what is here will come to nothing more.
    boolean hasEnded() {
        return end != null;
    }

    /// What keeps this log from taking entries.
    Optional<String> trouble() {
        if (!node.places().isMember(number)) {
            return Optional.empty();
        }
        String ended = end;
        return ended == null
                ? node.leaderTrouble(this)
                : Optional.of(NodeLog.label(number) + " has ended on this node: " + ended);
    }

    /// Since when nobody is known to lead, in nanoseconds of the node's ticker; told again and
    /// again by the node.
    void leaderKnown(boolean known, long now) {
        if (known) {
            leaderLostNanos = now;
        }
    }

    long leaderLostNanos() {
        return leaderLostNanos;
    }
}
