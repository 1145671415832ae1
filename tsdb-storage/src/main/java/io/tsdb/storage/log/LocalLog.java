package io.tsdb.storage.log;

import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.DurationHistogram;
import io.tsdb.storage.model.Ticker;

import org.jctools.queues.MpmcArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The write-ahead log of a node, shared by its shards and its catalog, so that one write and one
/// sync serve all of them (group commit).
///
/// Entries are encoded by the threads that append. One log thread takes all that waits, writes and
/// syncs it, and delivers it, in the order of the file. After a failed write or sync nothing is
/// acknowledged, since a second sync may succeed without the data, until what was durable was read
/// back and a new segment was opened behind it; what had failed does not count.
public final class LocalLog implements NodeLog {
    private static final Logger LOG = LoggerFactory.getLogger(LocalLog.class);
    private static final int POOL_SIZE = 64;
    private static final int RECORD_BYTES_FIRST = 16 << 10;
    private static final int RECORD_BYTES_POOLED_MAX = 4 << 20;

    /// Of the bytes in the queue, what buffers that wait may have beside them: one part in so many.
    private static final int IDLE_SHARE = 3;

    private final FileStore io;
    private final Path directory;
    private final LogConfig config;
    private final Ticker ticker;
    private final SegmentFiles files;
    private final AppendQueue queue;
    private final Map<Integer, ShardState> shards = new ConcurrentHashMap<>();
    private final Map<Integer, ShardLog> logs = new ConcurrentHashMap<>();
    private final MpmcArrayQueue<EntryEncoder> encoders = new MpmcArrayQueue<>(POOL_SIZE);
    private final MpmcArrayQueue<EncodeBuffer> buffers = new MpmcArrayQueue<>(POOL_SIZE);
    private final AtomicLong idleBytes = new AtomicLong();
    private final Deque<Segment> segments = new ArrayDeque<>();
    private volatile @Nullable LogThread thread;
    private volatile long recoveredEntries;

    private LocalLog(FileStore io, Path directory, LogConfig config, Ticker ticker)
            throws IOException {
        this.io = io;
        this.directory = directory;
        this.config = config;
        this.ticker = ticker;
        this.files = new SegmentFiles(io, directory, config);
        this.queue = new AppendQueue(config);
    }

    /// @param ticker monotonic clock, for ages and measurements
    public static NodeLog.Factory factory(LogConfig config, Ticker ticker) {
        return (io, directory) -> open(io, directory, config, ticker);
    }

    /// Opens the log in a directory of its own, created when missing; writes nothing yet.
    public static LocalLog open(FileStore io, Path directory, LogConfig config, Ticker ticker)
            throws IOException {
        return new LocalLog(io, directory, config, ticker);
    }

    /// Has a directory, created when missing, hold an empty log, and know that it has one. Durable
    /// when it returns.
    public static void beginEmpty(FileStore io, Path directory) throws IOException {
        io.createDirectories(directory);
        NewestSegment.store(io, directory, List.of());
    }

    /// What a crash left of a write that was never acknowledged is cut.
    @Override
    public synchronized void recover() throws IOException {
        if (thread != null) {
            throw new IllegalStateException("BUG: log " + directory + " is recovered twice");
        }
        List<Path> paths = files.list();
        NewestSegment.check(io, directory, paths);
        var replay = new LogReplay(io, this::state);
        replay.run(paths);
        Segment last;
        synchronized (segments) {
            segments.addAll(replay.segments());
            last = segments.isEmpty() ? new Segment(0, directory) : segments.getLast();
        }
        if (last.number() > 0) {
            // the next segment says where this one ends
            files.writeAgain(last.path(), replay.durableEnd(), replay.end());
        }
        recoveredEntries = replay.recordCount();
        LOG.info(
                "{}: {} records replayed from {} segments",
                directory,
                replay.recordCount(),
                replay.segments().size());
        var writer = new SegmentWriter(files, config, last, replay.end());
        var room = new UnusedRoom(this, writer, files, config, ticker);
        var started = new LogThread(this, queue, writer, room, config, ticker);
        thread = started;
        started.start();
    }

    @Override
    public Optional<Path> missing() throws IOException {
        Path file = NewestSegment.path(directory);
        return io.exists(file) ? Optional.empty() : Optional.of(file);
    }

    @Override
    public boolean holdsEntries() throws IOException {
        return !files.list().isEmpty();
    }

    @Override
    public void begin() throws IOException {
        NewestSegment.store(io, directory, files.list());
    }

    @Override
    public ShardLog shard(int number) {
        return logs.computeIfAbsent(number, id -> new LocalShardLog(state(id)));
    }

    @Override
    public LogStatistics statistics() {
        LogThread running = thread;
        return running == null
                ? new LogStatistics(0, 0, 0, 0, 0, 0, 0, 0)
                : running.statistics(queue.heldBytes(), idleBytes.get());
    }

    @Override
    public Optional<DurationHistogram> syncDurations() {
        return Optional.ofNullable(thread).map(LogThread::syncDurations);
    }

    @Override
    public Optional<String> trouble() {
        LogThread running = thread;
        Exception cause = running == null ? null : running.failure();
        return cause == null
                ? Optional.empty()
                : Optional.of("the log failed, and tries to go on: " + cause.getMessage());
    }

    @Override
    public long recoveredEntries() {
        return recoveredEntries;
    }

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

    /// Ends the files of all segments but the active one behind their last records, where that
    /// frees as many bytes as `unusedMin`. Log thread.
    void cutTails(long unusedMin) throws IOException {
        synchronized (segments) {
            for (Segment segment : segments) {
                if (segment != segments.getLast()) {
                    files.cutTail(segment, unusedMin);
                }
            }
        }
    }

    /// Takes back the buffer of an answered append.
    void recycle(EncodeBuffer buffer) {
        int bytes = buffer.capacity();
        if (bytes > RECORD_BYTES_POOLED_MAX
                || idleBytes.get() + bytes > config.queueBytesMax() / IDLE_SHARE) {
            return;
        }
        idleBytes.addAndGet(bytes); // before somebody takes it
        if (!buffers.offer(buffer)) {
            idleBytes.addAndGet(-bytes);
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
            throw new IllegalStateException("BUG: append before recovery in " + directory);
        }
        if (!queue.hasRoom(EntryEncoder.estimateBytes(entry))) {
            return false;
        }
        EncodeBuffer record = buffers.poll();
        if (record == null) {
            record = new EncodeBuffer(RECORD_BYTES_FIRST);
        } else {
            idleBytes.addAndGet(-record.capacity());
        }
        EntryEncoder idle = encoders.poll();
        EntryEncoder encoder = idle == null ? new EntryEncoder() : idle;
        record.position(WalRecordLayout.HEADER_BYTES);
        int kind = encoder.encode(entry, record);
        encoders.offer(encoder);
        int crc = Checksum.crc32c(record.bytes(), WalRecordLayout.HEADER_BYTES, record.position());
        boolean taken = queue.offer(new Append(shard, entry, record, kind, crc, commit));
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
        public void start(long appliedIndex, long knownIndex, Applier applier) {
            if (thread != null) {
                throw new IllegalStateException(
                        "BUG: log " + state.shard() + " is started after recovery");
            }
            state.start(appliedIndex, knownIndex, applier);
        }

        @Override
        public boolean append(LogEntry entry, Commit commit) {
            return LocalLog.this.append(state, entry, commit);
        }

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
