package io.tsdb.cluster.raft;

import io.tsdb.cluster.rebalance.PartRepairer;
import io.tsdb.cluster.rebalance.PartServer;
import io.tsdb.cluster.rpc.PartPort;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.cluster.write.WriteRouter;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.io.SimulatedDisk;
import io.tsdb.storage.log.EntryBytes;
import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.LogStatistics;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.schema.Retention;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.ReplicaParts;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.ShardMoves;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.StoreConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// A node of a simulation: the real store, router and repair on a simulated disk, and the way of
/// its appends ([AppendStream], [Origins]) to simulated logs. It dies by a power loss.
final class SimulatedNode implements SimulatedRaft.Replica {
    static final String DATABASE = "sim";
    static final String MEASUREMENT = "m";

    /// Of the only measurement of the only database.
    private static final MeasurementId OWNER = new MeasurementId(1, 1);

    private static final long SECOND = 1_000_000_000L;

    /// Of real time.
    private static final long FLUSH_NANOS_MAX = 60 * SECOND;

    private static final long SLOW_NANOS_MAX = 20_000_000;
    private static final int SLOW_ONE_IN = 8;
    private static final CompactionConfig COMPACTION =
            new CompactionConfig(3, Duration.ofHours(1), 20_000, 1 << 20, 1);

    /// What a node needs of the others.
    interface World {
        VirtualTime time();

        SimulatedRaft raft();

        int shardCount();

        /// Appends at a member, over a network that may lose the question or the answer.
        CompletableFuture<AppendOutcome> append(int from, int to, int log, byte[] entry);

        PartPort parts(int from);

        ShardMap map(int node);

        long newOrigin();

        /// A part was mended, or could not be.
        void told(String text);
    }

    private final World world;
    private final int number;
    private final Path machine;

    /// Of the simulation, which waits for nobody.
    private final Thread stepping = Thread.currentThread();

    private SimulatedDisk disk;
    private Path root;
    private int lives;
    private boolean isolated;
    private volatile boolean mergesHeld;
    private volatile boolean proposes;
    private volatile boolean mergeWaits;
    private @Nullable Life life;

    /// Entries up to here it said that it needs no more, by log.
    private final Map<Integer, Long> trimmed = new HashMap<>();

    SimulatedNode(World world, int number, Path machine, long seed) {
        this.world = world;
        this.number = number;
        this.machine = machine;
        this.root = machine.resolve("node-" + number + "-0");
        this.disk = new SimulatedDisk(root, seed);
        disk.watch(this::beforeSync);
    }

    /// The disk is slow now and then: what a flush or a merge has written lies there for a while,
    /// and no manifest names it. In real time, as all that those threads do.
    private void beforeSync(SimulatedDisk.Sync kind, Path path) {
        if (mergesHeld && Thread.currentThread().getName().equals("compaction")) {
            mergeWaits = true;
            while (mergesHeld) {
                LockSupport.parkNanos(50_000);
            }
        }
        Random random = ThreadLocalRandom.current();
        if (kind == SimulatedDisk.Sync.DIRECTORY
                && String.valueOf(path.getFileName()).startsWith("date=")
                && Thread.currentThread() != stepping
                && random.nextInt(SLOW_ONE_IN) == 0) {
            LockSupport.parkNanos(random.nextLong(SLOW_NANOS_MAX));
        }
    }

    /// From a start to the next power loss.
    private final class Life {
        private final Logs logs = new Logs();
        private final Store store;
        private final WriteRouter router;
        private final PartRepairer repairer;

        Life() throws IOException {
            Path data = root.resolve("data");
            Files.createDirectories(data); // for the lock, which the machine keeps
            var config =
                    new StoreConfig(
                            data,
                            world.shardCount(),
                            64 << 20,
                            1 << 16,
                            Duration.ofDays(1),
                            Duration.ofSeconds(2),
                            0,
                            (_, _) -> logs,
                            PartConfig.defaults(),
                            COMPACTION);
            VirtualTime time = world.time();
            this.store =
                    Store.open(
                            config,
                            disk,
                            time::nanos,
                            () -> Instant.ofEpochSecond(1_700_000_000L + time.nanos() / SECOND));
            this.router = new WriteRouter(store, true, SchemaLimits.DEFAULT, () -> 64 << 20);
            this.repairer =
                    new PartRepairer(
                            world.map(number),
                            world.parts(number),
                            world::told,
                            System::nanoTime,
                            (work, millis) ->
                                    time.later(() -> whileThis(work), millis * 1_000_000L));
            store.shards().forEach(one -> repairer.watch(one.id(), ReplicaParts.of(one)));
        }

        private void whileThis(Runnable work) {
            if (life == this) {
                work.run();
            }
        }
    }

    /// From now on merges do not come to their end, until the power goes.
    void holdMerges() {
        mergesHeld = true;
    }

    boolean isMergeHeld() {
        return mergeWaits;
    }

    /// Asks for a retention of the database; it is one when the log has said so.
    CompletableFuture<Boolean> keepFor(Duration length) {
        Store store = life().store;
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return store.setRetention(
                                DATABASE, Optional.empty(), new Retention(length.toNanos()));
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    /// Removes what has expired, as it does by itself once a minute.
    void expire() {
        life().store.expire();
    }

    /// What a node that leads all shards does now and then: it has heads cut where a cut would
    /// merge or remove something.
    void compactAsLeader() {
        proposes = true;
        life().store.compact();
        proposes = false;
    }

    void letMergesGo() {
        mergesHeld = false;
    }

    /// Gives up its replica of a shard, and begins another one from a copy of what a node has.
    void take(int shard, SimulatedNode other) throws IOException {
        Path copy = other.root.resolve("copy-" + number + "-" + shard);
        List<String> names = other.life().store.moves().copy(shard, copy);
        ShardMoves moves = life().store.moves();
        moves.drop(shard);
        for (String name : names) {
            Path target = shardDirectory(shard).resolve(name);
            disk.createDirectories(Objects.requireNonNull(target.getParent()));
            disk.replace(target, other.disk.readAll(copy.resolve(name)));
        }
        moves.open(shard);
        world.raft().catchUp(number);
    }

    boolean isUp() {
        return life != null;
    }

    private Life life() {
        return Objects.requireNonNull(life, "the node is down");
    }

    @Override
    public boolean isThere() {
        return isUp() && !isolated;
    }

    void start() throws IOException {
        life = new Life();
        world.raft().catchUp(number);
    }

    /// The power goes: what was not synced is there or not.
    void crash() throws IOException {
        Life died = life();
        life = null;
        died.logs.isDead = true;
        world.raft().gone(number);
        Path next = machine.resolve("node-" + number + "-" + ++lives);
        SimulatedDisk left = disk.powerLoss(next);
        mergesHeld = false;
        died.repairer.close();
        died.store.close(); // on the disk that nobody sees again
        disk = left;
        disk.watch(this::beforeSync);
        root = next;
    }

    void close() throws IOException {
        if (isUp()) {
            Life ended = life();
            life = null;
            ended.repairer.close();
            ended.store.close();
        }
    }

    void isolate() {
        isolated = true;
        world.raft().gone(number);
    }

    void rejoin() {
        isolated = false;
        world.raft().catchUp(number);
    }

    /// Writes lines of points.
    ///
    /// @param told whether they are acknowledged
    void write(String lines, PointSink.WriteCallback told) {
        Life now = life();
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        try (var decoder = new LineDecoder(now.router, false)) {
            decoder.begin(DATABASE, Precision.NS, 0, DecodeLimits.DEFAULT);
            decoder.decode(bytes, 0, bytes.length);
            DecodeResult result = decoder.end();
            if (result.errorCount() > 0) {
                throw new AssertionError(result.errors().toString());
            }
            now.router.write(
                    result.points(),
                    outcome -> {
                        result.release();
                        told.done(outcome);
                    });
        }
    }

    /// Asks for a flush of all shards, as the leader does by itself.
    void flush() {
        for (Shard shard : life().store.shards()) {
            CompletableFuture<Void> _ = shard.flush();
        }
    }

    /// Whether everything that was delivered is in parts.
    boolean isFlushed() {
        return life().store.shards().stream().allMatch(shard -> shard.headPointCount() == 0);
    }

    ReplicaParts parts(int shard) {
        return ReplicaParts.of(life().store.shard(shard).orElseThrow());
    }

    PartServer server() {
        return new PartServer(life().repairer);
    }

    SimulatedDisk disk() {
        return disk;
    }

    Path shardDirectory(int shard) {
        return root.resolve("data").resolve("shard-" + shard);
    }

    /// Rows of a shard, by series and time.
    Map<String, Long> rows(int shard) {
        var rows = new TreeMap<String, Long>();
        Shard read = life().store.shard(shard).orElseThrow();
        Optional<MeasurementScan> opened = read.open(DATABASE, MEASUREMENT);
        if (opened.isEmpty()) {
            return rows;
        }
        long[] times = new long[BlockCursor.ROWS_MAX];
        long[] values = new long[BlockCursor.ROWS_MAX];
        long[] presence = new long[BlockCursor.PRESENCE_WORDS];
        try (MeasurementScan scan = opened.get()) {
            var request = new ScanRequest(scan.series().ids(), TimeRange.ALL, List.of("n"), false);
            try (BlockCursor cursor = scan.blocks(request)) {
                while (cursor.nextBlock()) {
                    String series = scan.series().key(cursor.series()).toString();
                    cursor.times(times);
                    cursor.longs(0, values, presence);
                    for (int row = 0; row < cursor.rowCount(); row++) {
                        Long before = rows.put(series + " " + times[row], values[row]);
                        if (before != null) {
                            throw new AssertionError(series + " has " + times[row] + " twice");
                        }
                    }
                }
            }
        }
        return rows;
    }

    @Override
    public long reached(int log) {
        return life().logs.of(log).reached;
    }

    @Override
    public @Nullable AppendOutcome deliver(int log, long index, byte[] entry) {
        Life now = life();
        AppendOutcome outcome = now.logs.of(log).deliver(index, entry);
        if (outcome != null && log != NodeLog.CATALOG) {
            now.store.caughtUp(log).join(); // the shard's own thread has done it
        }
        return outcome;
    }

    /// The logs of this node, of one life.
    private final class Logs implements NodeLog {
        private final Map<Integer, Log> logs = new HashMap<>();
        private final long origin = world.newOrigin();
        private volatile boolean recovered;

        /// What is done from now on is done on a disk that nobody sees again.
        private volatile boolean isDead;

        synchronized Log of(int log) {
            return logs.computeIfAbsent(log, Log::new);
        }

        @Override
        public ShardLog shard(int log) {
            return of(log);
        }

        @Override
        public void recover() {
            of(CATALOG).recover();
            for (int shard = 0; shard < world.shardCount(); shard++) {
                of(shard).recover();
            }
            recovered = true;
        }

        @Override
        public long recoveredEntries() {
            return 0;
        }

        @Override
        public LogStatistics statistics() {
            return new LogStatistics(0, 0, 0, 0, 0, 0, 0, 0);
        }

        @Override
        public boolean isReplicated() {
            return true;
        }

        @Override
        public void close() {
            logs.values().forEach(log -> log.appends.end("the node is closing"));
        }

        private final class Log implements ShardLog, AppendStream.Link {
            private final int log;
            private final AppendStream appends;
            private final EntryBytes coder = new EntryBytes();
            private Origins origins = new Origins();
            private final ConcurrentLinkedQueue<Runnable> asked = new ConcurrentLinkedQueue<>();
            private @Nullable Applier applier;
            private long startIndex;
            private volatile long reached;

            /// Newest entry that had the head cut.
            private volatile long cut;

            Log(int log) {
                this.log = log;
                this.appends = new AppendStream(log, this);
            }

            @Override
            public void start(long appliedIndex, long knownIndex, Applier target) {
                long needed = trimmed.getOrDefault(log, 0L);
                if (appliedIndex < needed) {
                    throw new AssertionError(
                            "log %d was trimmed to %d, and is needed from %d on"
                                    .formatted(log, needed, appliedIndex));
                }
                if (knownIndex > world.raft().committed(log)) {
                    throw new AssertionError(
                            "parts hold entry %d of %d".formatted(knownIndex, log));
                }
                startIndex = appliedIndex;
                applier = target;
                if (recovered) { // all of it comes again
                    reached = 0;
                    origins = new Origins();
                }
            }

            /// All that is committed comes again: what was applied counts for the origins alone.
            void recover() {
                for (long index = 1; index <= world.raft().committed(log); index++) {
                    deliver(index, world.raft().entry(log, index));
                }
            }

            @Nullable AppendOutcome deliver(long index, byte[] entry) {
                long from = LittleEndian.getLong(entry, EntryHeaderLayout.ORIGIN_OFFSET);
                long sequence = LittleEndian.getLong(entry, EntryHeaderLayout.SEQUENCE_OFFSET);
                long floor = LittleEndian.getLong(entry, EntryHeaderLayout.FLOOR_OFFSET);
                byte[] slack = new byte[entry.length + EntryBytes.SLACK_BYTES];
                System.arraycopy(entry, 0, slack, 0, entry.length);
                LogEntry decoded =
                        coder.decode(
                                "log " + log, index, slack, EntryHeaderLayout.BYTES, entry.length);
                if (decoded instanceof LogEntry.Write(var batch)
                        && batch.catalogIndex() > of(CATALOG).reached) {
                    return null;
                }
                reached = index;
                boolean isOwn = from == origin;
                AppendOutcome outcome = origins.accept(from, sequence, floor);
                if (outcome != AppendOutcome.DELIVERED) {
                    if (outcome == AppendOutcome.EARLY && isOwn) {
                        appends.early();
                    }
                    return outcome;
                }
                PendingAppend own = isOwn ? appends.delivered(sequence) : null;
                if (index > startIndex) {
                    if (own != null) {
                        appends.progressed();
                        own.commit().committed(index);
                    }
                    Objects.requireNonNull(applier).apply(index, decoded);
                    if (decoded instanceof LogEntry.Flush) {
                        cut = index;
                    }
                }
                return outcome;
            }

            @Override
            public boolean isReplicated() {
                return true;
            }

            @Override
            public boolean proposes() {
                return proposes; // what a leader proposes by itself the simulation does
            }

            @Override
            public boolean append(LogEntry entry, Commit commit) {
                if (!recovered) {
                    return false;
                }
                EntryBytes.Encoded encoded =
                        new EntryBytes().encode(entry, EntryHeaderLayout.BYTES);
                asked.add(() -> appends.append(entry, encoded, commit, !isDeliveredHere()));
                world.time().later(this::next, 0);
                return true;
            }

            /// On the simulation's thread, whoever asked.
            private void next() {
                Runnable first = asked.poll();
                if (first != null) {
                    first.run();
                }
            }

            @Override
            public void trimTo(long index) {
                synchronized (trimmed) {
                    if (!isDead) {
                        trimmed.merge(log, index, Math::max);
                    }
                }
            }

            @Override
            public long lastIndex() {
                return reached;
            }

            @Override
            public @Nullable String leader() {
                int leader = world.raft().leader(log);
                return leader == SimulatedRaft.NOBODY || isolated ? null : "" + leader;
            }

            @Override
            public CompletableFuture<AppendOutcome> append(
                    String member, byte[] bytes, int length) {
                byte[] entry = Arrays.copyOf(bytes, length);
                return world.append(number, Integer.parseInt(member), log, entry);
            }

            @Override
            public boolean isDeliveredHere() {
                return true;
            }

            @Override
            public void doubt(String member) {
                // whom it follows is known here
            }

            @Override
            public void later(Runnable work, long millis) {
                world.time().later(work, millis * 1_000_000L);
            }

            @Override
            public long nanoTime() {
                return world.time().nanos();
            }

            @Override
            public long origin() {
                return origin;
            }

            @Override
            public void settled(int bytes) {
                // memory is no matter here
            }
        }
    }

    /// Looks after the appends, as a node does now and then.
    void watch() {
        Life now = life;
        if (now != null) {
            for (Logs.Log log : List.copyOf(now.logs.logs.values())) {
                log.appends.watch(log.leader());
            }
        }
    }

    /// Waits until all rows up to the newest cut of each shard are in parts: what the node's own
    /// threads do.
    void awaitFlushes() {
        long until = System.nanoTime() + FLUSH_NANOS_MAX;
        for (int shard = 0; shard < world.shardCount(); shard++) {
            long cut = life().logs.of(shard).cut;
            while (parts(shard).ofMeasurement(OWNER).position() < cut) {
                if (System.nanoTime() > until) {
                    throw new AssertionError(
                            "node %d has cut shard %d at entry %d, and flushed it to %d"
                                    .formatted(
                                            number,
                                            shard,
                                            cut,
                                            parts(shard).ofMeasurement(OWNER).position()));
                }
                LockSupport.parkNanos(50_000);
            }
        }
    }
}
