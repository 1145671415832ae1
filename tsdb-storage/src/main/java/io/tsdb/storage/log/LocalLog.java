package io.tsdb.storage.log;

import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.FileStore;

import org.jctools.queues.MpmcArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The write-ahead log of a node, shared by its shards, so that one write and one sync serve all of
/// them (group commit).
///
/// Entries are encoded by the threads that append. One log thread takes all that waits, writes and
/// syncs it, and reports it durable, per shard in index order. After a failed write or sync the log
/// is failed for good: nothing more is acknowledged, since a second sync may succeed without the
/// data. Opened again, it says what is on disk.
///
/// Life: [#open], [#replay] once, then appends, [#close].
public final class LocalLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalLog.class);
    private static final int POOL_SIZE = 64;
    private static final int RECORD_BYTES_FIRST = 16 << 10;
    private static final int RECORD_BYTES_POOLED_MAX = 4 << 20;

    private final FileStore io;
    private final Path directory;
    private final LogConfig config;
    private final SegmentFiles files;
    private final AppendQueue queue;
    private final Map<Integer, ShardState> shards = new ConcurrentHashMap<>();
    private final Map<Integer, ShardLog> logs = new ConcurrentHashMap<>();
    private final MpmcArrayQueue<BatchEncoder> encoders = new MpmcArrayQueue<>(POOL_SIZE);
    private final MpmcArrayQueue<EncodeBuffer> buffers = new MpmcArrayQueue<>(POOL_SIZE);
    private final Deque<Segment> segments = new ArrayDeque<>();
    private volatile @Nullable LogThread thread;
    private volatile long replayedRecords;

    private LocalLog(FileStore io, Path directory, LogConfig config) throws IOException {
        this.io = io;
        this.directory = directory;
        this.config = config;
        this.files = new SegmentFiles(io, directory, config);
        this.queue = new AppendQueue(config);
    }

    /// Receives what the log holds.
    @FunctionalInterface
    public interface Replay {
        /// Called in log order; `entry` is the receiver's to keep.
        void entry(int shard, long index, LogEntry entry);

        /// Whether [#entry] is to be called with an entry; what is not wanted is checked but not
        /// decoded.
        default boolean wants(int shard, long index) {
            return true;
        }
    }

    /// Opens the log in a directory of its own, created when missing; writes nothing yet.
    public static LocalLog open(FileStore io, Path directory, LogConfig config) throws IOException {
        return new LocalLog(io, directory, config);
    }

    /// Hands out every wanted entry the log holds, then takes appends. Called once.
    ///
    /// What a crash left of a write that was never acknowledged is cut.
    ///
    /// @throws io.tsdb.storage.model.CorruptDataException when a record is damaged or missing that
    ///   had been durable
    public synchronized void replay(Replay target) throws IOException {
        if (thread != null) {
            throw new IllegalStateException("BUG: log " + directory + " is replayed twice");
        }
        var replay = new LogReplay(io, this::state);
        replay.run(files.list(), target);
        Segment last;
        synchronized (segments) {
            segments.addAll(replay.segments());
            last = segments.isEmpty() ? new Segment(0, directory) : segments.getLast();
        }
        replayedRecords = replay.recordCount();
        LOG.info(
                "{}: {} records replayed from {} segments",
                directory,
                replay.recordCount(),
                replay.segments().size());
        var writer = new SegmentWriter(files, config, last, replay.end());
        var started = new LogThread(this, queue, writer, config);
        thread = started;
        started.start();
    }

    /// The log of one shard; indexes begin at 1 and go on after a restart.
    public ShardLog shard(int shardId) {
        return logs.computeIfAbsent(shardId, id -> new LocalShardLog(state(id)));
    }

    public LogStatistics statistics() {
        LogThread running = thread;
        return running == null
                ? new LogStatistics(0, 0, 0, 0, 0, 0, 0)
                : running.statistics(queue.heldBytes());
    }

    /// Entries that [#replay] handed out.
    public long replayedRecords() {
        return replayedRecords;
    }

    /// Writes what is queued, syncs, and ends the log thread. Appends are refused from now on.
    @Override
    public void close() {
        queue.close();
        LogThread running = thread;
        if (running != null) {
            running.join();
        }
        files.close();
    }

    Collection<ShardState> states() {
        return shards.values();
    }

    /// A new active segment: the ones before it can go once they are trimmed. Log thread.
    void segmentOpened(Segment segment) {
        synchronized (segments) {
            segments.addLast(segment);
        }
        removeTrimmed();
    }

    /// Takes back the buffer of an answered append.
    void recycle(EncodeBuffer buffer) {
        if (buffer.capacity() <= RECORD_BYTES_POOLED_MAX) {
            buffers.offer(buffer);
        }
    }

    private ShardState state(int shard) {
        return shards.computeIfAbsent(shard, ShardState::new);
    }

    /// Oldest first and without gaps, so that the segments that are there always follow one
    /// another; never the active one, which carries the indexes on.
    private void removeTrimmed() {
        synchronized (segments) {
            while (segments.size() > 1 && segments.getFirst().isTrimmed()) {
                Segment oldest = segments.getFirst();
                try {
                    files.remove(oldest.path());
                } catch (IOException e) {
                    LOG.warn(
                            "{}: cannot delete, tries again later: {}",
                            oldest.path(),
                            e.toString());
                    return;
                }
                segments.removeFirst();
            }
        }
    }

    private boolean append(ShardState shard, LogEntry entry, ShardLog.Commit commit) {
        if (thread == null) {
            throw new IllegalStateException("BUG: append before replay in " + directory);
        }
        if (!queue.hasRoom(BatchEncoder.estimateBytes(entry))) {
            return false;
        }
        EncodeBuffer pooled = buffers.poll();
        EncodeBuffer record = pooled == null ? new EncodeBuffer(RECORD_BYTES_FIRST) : pooled;
        BatchEncoder idle = encoders.poll();
        BatchEncoder encoder = idle == null ? new BatchEncoder() : idle;
        record.position(WalRecordLayout.HEADER_BYTES);
        int kind = encoder.encodeEntry(entry, record);
        encoders.offer(encoder);
        int crc = Checksum.crc32c(record.bytes(), WalRecordLayout.HEADER_BYTES, record.position());
        boolean taken = queue.offer(new Append(shard, record, kind, crc, commit));
        if (!taken) {
            recycle(record);
        }
        return taken;
    }

    private final class LocalShardLog implements ShardLog {
        private final ShardState state;

        LocalShardLog(ShardState state) {
            this.state = state;
        }

        @Override
        public boolean append(LogEntry entry, Commit commit) {
            return LocalLog.this.append(state, entry, commit);
        }

        /// Right after replay the index may lie above the log's own (a power loss took records that
        /// were not synced and that a part already holds): then the log goes on behind it.
        @Override
        public void trimTo(long index) {
            state.trimTo(index);
            removeTrimmed();
        }

        @Override
        public long lastIndex() {
            return state.lastIndex();
        }
    }
}
