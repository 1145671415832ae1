package io.tsdb.cluster.raft;

import io.tsdb.cluster.identity.NodeIdentity;
import io.tsdb.cluster.shardmap.ClusterStateText;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.EntryBytes;
import io.tsdb.storage.log.LogStatistics;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.schema.Catalog;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jctools.queues.MpmcArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The logs of a node of a cluster, in one Ratis server: a replica of the catalog's and of those
/// shards that are placed here, and the way to the others.
///
/// Recovery waits until a majority is there, and until this node has everything that was
/// acknowledged before.
public final class RaftNodeLog implements NodeLog {
    private static final Logger LOG = LoggerFactory.getLogger(RaftNodeLog.class);
    private static final int ENCODERS = 64;

    private static final long WATCH_MILLIS = 100;
    private static final long BALANCE_MILLIS = 1_000;
    private static final long LEADERLESS_NANOS_MAX = TimeUnit.SECONDS.toNanos(12);
    private static final long CLOSE_MILLIS_MAX = 5_000;
    private static final long CLOSE_LOOK_NANOS = 500_000;

    private final FileStore io;
    private final Path directory;
    private final String self;
    private final RaftSettings settings;
    private final LeaderPort leaders;
    private final Optional<NodeIdentity> identity;
    private final Ticker ticker;
    private final ClusterView view;
    private final RaftGroups groups;
    private final OwnReplicas own;
    private final ReplicaPlaces places;
    private final Leaders leading;
    private final Barriers barriers;
    private final RaftProperties properties;
    private final long origin = new SecureRandom().nextLong();
    private final Map<Integer, RaftShardLog> logs = new ConcurrentHashMap<>();
    private final MpmcArrayQueue<EntryBytes> encoders = new MpmcArrayQueue<>(ENCODERS);
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicLong recoveredEntries = new AtomicLong();
    private final AtomicLong settledAppends = new AtomicLong();
    private final ScheduledExecutorService retries =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "raft-retries");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final PromptGrpc.Commits commits = new PromptGrpc.Commits();
    private final CatalogProgress catalog = new CatalogProgress();
    private final ShardMap shardMap;
    private final WriteReach reach;
    private volatile @Nullable ClusterEvents events;
    private volatile BooleanSupplier isRemoved = () -> false;
    private volatile boolean recovering;
    private volatile boolean recovered;
    private volatile boolean closing;

    /// @param directory of Raft's logs, of this node alone
    /// @param view of the cluster, which follows the catalog from [#catalogOpened] on
    /// @param self id of this node among the members
    /// @param identity what this node proves itself with to the others; empty: all in plain text
    /// @param ticker monotonic clock
    public RaftNodeLog(
            FileStore io,
            Path directory,
            ClusterView view,
            String self,
            RaftSettings settings,
            LeaderPort leaders,
            Optional<NodeIdentity> identity,
            Ticker ticker) {
        this.io = io;
        this.directory = directory;
        this.self = self;
        this.settings = settings;
        this.leaders = leaders;
        this.identity = identity;
        this.ticker = ticker;
        this.view = view;
        this.groups = new RaftGroups(view, io, directory);
        this.own = new OwnReplicas(groups);
        this.leading = new Leaders(view, self, own);
        this.barriers = new Barriers(this, own, leading, new CommitIndexes(this::committed));
        this.shardMap = new RaftShardMap(view, self, leading::of);
        this.reach = new WriteReach(seen());
        var address = view.members().member(self).raft();
        this.properties = this.settings.properties(directory, address.host(), address.port());
        this.places = new ReplicaPlaces(view, self, groups, io, directory, properties);
    }

    @Override
    public RaftShardLog shard(int number) {
        return logs.computeIfAbsent(number, id -> new RaftShardLog(this, id));
    }

    /// Says what happens from now on.
    public void tell(ClusterEvents told) {
        events = told;
    }

    /// While it waits for the others it asks from now on whether they have let go of it.
    ///
    /// @param asked takes its time; any thread
    public void askWhileWaiting(BooleanSupplier asked) {
        isRemoved = asked;
    }

    /// Whether the others have let go of this node. Asks them.
    boolean isRemoved() {
        return isRemoved.getAsBoolean();
    }

    void happened(ClusterEvents.Kind kind, String text) {
        ClusterEvents told = events;
        if (told != null) {
            told.add(kind, text);
        }
    }

    /// How the replicas of this node stand, by the numbers of their logs.
    public List<ReplicaState> replicas() {
        return started().stream().flatMap(log -> own.state(log).stream()).toList();
    }

    /// Who has which shard, and who leads it.
    public ShardMap shardMap() {
        return shardMap;
    }

    /// What moves replicas to this node and from it asks of its logs.
    public ReplicaMoves moves() {
        return new ReplicaMoves(this, view, own, io, directory);
    }

    @Override
    public void catalogOpened(Catalog opened) {
        opened.follow(
                ClusterStateText.DOCUMENT,
                document ->
                        view.changed(document.text())
                                .ifPresent(
                                        level ->
                                                happened(
                                                        ClusterEvents.Kind.LEVEL,
                                                        "the cluster is at level " + level)));
    }

    @Override
    public Optional<Path> missing() throws IOException {
        return places.missing();
    }

    @Override
    public boolean holdsEntries() throws IOException {
        return places.holdEntries();
    }

    @Override
    public void begin() throws IOException {
        places.begin();
    }

    @Override
    public boolean keeps(int shard) {
        return places.keeps(shard);
    }

    /// Which replicas are here, or are to be.
    ReplicaPlaces places() {
        return places;
    }

    @Override
    public void drop(int shard) throws IOException {
        RaftShardLog log = logs.get(shard);
        if (log != null) {
            log.stop();
        }
        own.remove(shard);
        places.delete(shard);
    }

    private Collection<RaftShardLog> started() {
        var started = new TreeMap<Integer, RaftShardLog>();
        logs.values().stream()
                .filter(RaftShardLog::isStarted)
                .forEach(log -> started.put(log.number(), log));
        return started.values();
    }

    @Override
    public void recover() throws IOException {
        if (isRecovered()) {
            throw new IllegalStateException("BUG: log " + directory + " is recovered twice");
        }
        recovering = true;
        try {
            startReplicas();
            awaitMajorities();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        recovering = false;
        recovered = true;
    }

    private void startReplicas() throws IOException {
        for (RaftShardLog log : started()) {
            places.complete(log.number());
            prepare(log);
        }
        for (int shard = 0; shard < view.placement().shardCount(); shard++) {
            if (!logs.containsKey(shard) || !shard(shard).isStarted()) {
                groups.delete(shard); // of a copy, or a removal, that did not come to its end
            }
        }
        RaftServer built =
                RaftServer.newBuilder()
                        .setServerId(RaftPeerId.valueOf(self))
                        .setStateMachineRegistry(
                                group ->
                                        started().stream()
                                                .filter(
                                                        log ->
                                                                groups.id(log.number())
                                                                        .equals(group))
                                                .findFirst()
                                                .map(LogStateMachine::new)
                                                .orElseThrow())
                        .setProperties(properties)
                        .setParameters(parameters())
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .build();
        own.start(built);
        retries.scheduleWithFixedDelay(
                this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        for (RaftShardLog log : started()) {
            if (places.hasCome(log.number())) {
                checkReach(log);
            }
        }
        balanceLeaders(built);
    }

    /// Before Ratis opens it.
    private void prepare(RaftShardLog log) throws IOException {
        Path file = LogSnapshot.file(directory, log.number());
        LogSnapshot.load(io, file).ifPresent(found -> log.restore(found, file.toString()));
        new SegmentCheck(io, groups.directory(log.number()).resolve("current")).run();
    }

    /// A replica that has come to this node while it runs.
    void startLater(RaftShardLog log) {
        try {
            prepare(log);
            own.add(log.number()); // from the others, which it has still to hear of
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void balanceLeaders(RaftServer running) {
        var balance =
                new LeaderBalance(
                        view::placement,
                        self,
                        own.lead(running),
                        TimeUnit.MILLISECONDS.toNanos(settings.settledMillis()));
        retries.scheduleWithFixedDelay(
                () -> {
                    try {
                        balance.look(view.placement().shardsOf(self), nanoTime());
                    } catch (RuntimeException e) { // the others must go on
                        LOG.error("leaders were not balanced", e);
                    }
                },
                BALANCE_MILLIS,
                BALANCE_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Every side of every connection of Ratis shows a certificate; and who is addressed is who
    /// answers.
    private Parameters parameters() {
        Parameters parameters = commits.parameters(self);
        identity.ifPresent(
                own ->
                        GrpcConfigKeys.TLS.setConf(
                                parameters,
                                new GrpcTlsConfig(
                                        own.key(),
                                        own.chain().getFirst(),
                                        own.authorities(),
                                        true)));
        return parameters;
    }

    /// A log that ends before what this node has applied of it lost entries that it had
    /// acknowledged: no member may do that and stay.
    private void checkReach(RaftShardLog log) throws IOException {
        var last = own.division(log.number()).getRaftLog().getLastEntryTermIndex();
        LogSnapshot snapshot = log.snapshot();
        long reach =
                Math.max(
                        last == null ? 0 : last.getIndex(),
                        snapshot == null ? 0 : snapshot.index());
        if (reach < log.knownIndex()) {
            throw new CorruptDataException(
                    groups.directory(log.number()).toString(),
                    0,
                    "the log ends at entry "
                            + reach
                            + ", and parts of this node hold entries up to "
                            + log.knownIndex()
                            + ": entries that it had acknowledged are lost");
        }
    }

    /// First of the catalog, which says what else is still here.
    private void awaitMajorities() throws IOException {
        var wait = new MajorityWait(this, barriers);
        if (shard(CATALOG).isStarted()) {
            wait.await(shard(CATALOG));
        }
        for (RaftShardLog log : started()) {
            wait.await(log);
        }
    }

    @Override
    public boolean isReplicated() {
        return true;
    }

    @Override
    public Map<Integer, CompletableFuture<Void>> caughtUp(Collection<Integer> numbers) {
        Map<Integer, CompletableFuture<Void>> all =
                barriers.passed(numbers.stream().filter(this::isStarted).toList());
        for (int number : numbers) {
            if (!all.containsKey(number)) {
                all.put(
                        number,
                        CompletableFuture.failedFuture(
                                new IOException(NodeLog.label(number) + " has no replica here")));
            }
        }
        return all;
    }

    private boolean isStarted(int number) {
        RaftShardLog log = logs.get(number);
        return log != null && log.isStarted();
    }

    /// Whether members are asked over the data port how far logs are committed, as all of them know
    /// at this level; Ratis asks otherwise.
    boolean asksLeaders() {
        return view.level() >= Levels.COMMITTED;
    }

    /// Up to which entries logs are committed that a member leads.
    private CompletableFuture<long[]> committed(String member, int[] asked) {
        return member.equals(self) ? own.committed(asked) : leaders.committed(member, asked);
    }

    /// The same of logs that this node leads, for another one.
    public CompletableFuture<long[]> committed(int[] asked) {
        return own.committed(asked);
    }

    void later(Runnable work, long millis) {
        try {
            retries.schedule(work, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: {} is not tried again", work, e);
        }
    }

    /// Appends an entry that another node has sent, when this one leads.
    ///
    /// @param entry `entry[0, length)`, nobody else's from now on
    public CompletableFuture<AppendOutcome> appendAsLeader(int log, byte[] entry, int length) {
        return own.append(log, entry, length);
    }

    /// What the appends to a log need of this node.
    AppendStream.Link link(int log) {
        return new AppendStream.Link() {
            @Override
            public @Nullable String leader() {
                return leading.of(log);
            }

            @Override
            public CompletableFuture<AppendOutcome> append(
                    String member, byte[] bytes, int length) {
                return member.equals(self)
                        ? appendAsLeader(log, bytes, length)
                        : leaders.append(member, log, bytes, length);
            }

            @Override
            public boolean isDeliveredHere() {
                return leading.isHere(log);
            }

            @Override
            public void doubt(String member) {
                leading.doubt(log, member);
            }

            @Override
            public void later(Runnable work, long millis) {
                RaftNodeLog.this.later(work, millis);
            }

            @Override
            public long nanoTime() {
                return RaftNodeLog.this.nanoTime();
            }

            @Override
            public long origin() {
                return origin;
            }

            @Override
            public void settled(int bytes) {
                pendingBytes.addAndGet(-bytes);
                settledAppends.incrementAndGet();
            }
        };
    }

    /// Looks after the appends, now and then and when a leader is elected.
    private void watch() {
        try {
            for (RaftShardLog log : logs.values()) {
                String leader = leading.of(log.number());
                log.leaderKnown(leader != null, nanoTime());
                log.appends().watch(leader);
            }
            reach.look(nanoTime());
        } catch (RuntimeException e) { // the watch must go on
            LOG.error("appends were not watched", e);
        }
    }

    private WriteReach.Seen seen() {
        return new WriteReach.Seen() {
            @Override
            public int shardCount() {
                return view.placement().shardCount();
            }

            @Override
            public boolean hasLeader(int log) {
                return leading.isHere(log)
                        ? leading.of(log) != null
                        : hasMajority(view.placement().replicas(log));
            }
        };
    }

    private boolean hasMajority(List<String> members) {
        return 2 * members.stream().filter(one -> !leaders.isSuspect(one)).count() > members.size();
    }

    /// Why writes that come to this node are not acknowledged, once it is more than an election.
    public Optional<String> writesLack() {
        return reach.lack(nanoTime());
    }

    void leaderChanged() {
        later(this::watch, 0);
    }

    Optional<String> leaderTrouble(RaftShardLog log) {
        return nanoTime() - log.leaderLostNanos() > LEADERLESS_NANOS_MAX
                ? Optional.of(NodeLog.label(log.number()) + " has no leader: is a majority there?")
                : Optional.empty();
    }

    /// Whether there is room for so many more bytes.
    boolean takes(long bytes) {
        return !closing && recovered && pendingBytes.get() + bytes <= settings.pendingBytesMax();
    }

    void taken(int bytes) {
        pendingBytes.addAndGet(bytes);
    }

    EntryBytes encoder() {
        EntryBytes idle = encoders.poll();
        return idle == null ? new EntryBytes() : idle;
    }

    void recycle(EntryBytes encoder) {
        encoders.offer(encoder);
    }

    long origin() {
        return origin;
    }

    String self() {
        return self;
    }

    long nanoTime() {
        return ticker.nanos();
    }

    boolean isRecovered() {
        return recovered || own.isStarted();
    }

    boolean isRecovering() {
        return recovering;
    }

    boolean isClosing() {
        return closing;
    }

    void recoveredOne() {
        recoveredEntries.incrementAndGet();
    }

    /// An entry of a log was applied here.
    void applied(int log) {
        commits.tell(groups.id(log));
    }

    CatalogProgress catalog() {
        return catalog;
    }

    void store(int log, LogSnapshot snapshot) throws IOException {
        snapshot.store(io, LogSnapshot.file(directory, log));
    }

    /// What is asked of the replicas that are here.
    OwnReplicas own() {
        return own;
    }

    /// Gives up the lead of every log that this node leads, to members that answer.
    public List<HandOver.Outcome> handOver(Duration longest) {
        return own.handOver(started().stream().map(RaftShardLog::number).toList(), longest);
    }

    @Override
    public long recoveredEntries() {
        return recoveredEntries.get();
    }

    @Override
    public LogStatistics statistics() {
        return new LogStatistics(settledAppends.get(), 0, 0, 0, 0, 0, pendingBytes.get(), 0);
    }

    @Override
    public Optional<String> trouble() {
        return started().stream().flatMap(log -> log.trouble().stream()).findFirst();
    }

    @Override
    public void close() {
        recovered = false; // takes no more
        awaitIdle();
        closing = true;
        retries.shutdownNow();
        own.close();
        for (RaftShardLog log : logs.values()) {
            log.ended("the node is closing");
        }
    }

    /// What was taken is delivered, unless the others do not help.
    private void awaitIdle() {
        long deadline = nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS_MAX);
        while (!logs.values().stream().allMatch(log -> log.appends().isIdle())
                && nanoTime() - deadline < 0) {
            LockSupport.parkNanos(CLOSE_LOOK_NANOS);
        }
    }
}
