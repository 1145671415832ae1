package io.tsdb.cluster.node.server;

import io.tsdb.cluster.delete.ClusterDeletion;
import io.tsdb.cluster.delete.DeleteServer;
import io.tsdb.cluster.identity.NodeIdentity;
import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.node.admin.ClusterTables;
import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.raft.ClusterEvents;
import io.tsdb.cluster.raft.HandOver;
import io.tsdb.cluster.raft.RaftNodeLog;
import io.tsdb.cluster.raft.RaftSettings;
import io.tsdb.cluster.raft.ReplicaState;
import io.tsdb.cluster.read.ClusterFragmentRunner;
import io.tsdb.cluster.read.FragmentServer;
import io.tsdb.cluster.read.ReadPoint;
import io.tsdb.cluster.rebalance.ClusterCheck;
import io.tsdb.cluster.rebalance.Joining;
import io.tsdb.cluster.rebalance.Membership;
import io.tsdb.cluster.rebalance.PartRepairer;
import io.tsdb.cluster.rebalance.PartServer;
import io.tsdb.cluster.rebalance.RemovalCheck;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.rpc.DataClients;
import io.tsdb.cluster.rpc.DataPort;
import io.tsdb.cluster.rpc.Formation;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.rpc.LevelException;
import io.tsdb.cluster.rpc.MemberFile;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterLevel;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterStateText;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.RowDeletion;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.shard.ReplicaParts;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/// What a node has besides the rest when it is one of several: its identity, the data port, and
/// logs that are kept together. A node alone loads none of it.
final class ClusterNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final int ID_BYTES = 8;
    private static final Duration HAND_OVER_LONGEST = Duration.ofSeconds(20);

    /// Above the largest entry.
    private static final int FRAME_BYTES_MAX = 16 << 20;

    private static final String RAFT_DIRECTORY = "raft";

    private final DataPort port;
    private final Greeting greeting;
    private final ClusterView view;
    private final Program program;
    private final NodeConfig.Cluster config;

    /// Of a node that joins now, until its logs have their place: up to where the catalog's log is
    /// in its file.
    private Optional<byte[]> joining;

    private final Optional<NodeIdentity> identity;
    private final DataClients clients;
    private final List<Runnable> readingEnds = new ArrayList<>();

    /// Once the logs are open.
    private volatile @Nullable ShardMap shardMap;

    private volatile @Nullable RaftNodeLog raft;
    private volatile @Nullable ClusterFragmentRunner queries;
    private volatile @Nullable ClusterEvents events;
    private volatile @Nullable PartRepairer repairer;
    private volatile @Nullable Membership membership;

    private ClusterNode(
            DataPort port,
            Greeting greeting,
            ClusterView view,
            Program program,
            NodeConfig.Cluster config,
            Optional<byte[]> joining,
            Optional<NodeIdentity> identity) {
        this.port = port;
        this.identity = identity;
        this.greeting = greeting;
        this.view = view;
        this.program = program;
        this.config = config;
        this.joining = joining;
        this.clients =
                new DataClients(
                        () -> greeting.speaking(program.levels(), view.level()),
                        view::members,
                        FRAME_BYTES_MAX,
                        sockets(identity),
                        SystemClock.ticker());
    }

    /// Finds the other members, or comes back to them.
    ///
    /// @param program that runs here
    /// @throws LevelException when that does not fit the cluster; nothing was changed then
    static ClusterNode join(Path data, NodeConfig.Cluster config, FileStore io, Program program)
            throws IOException, InterruptedException {
        Greeting known = MemberFile.load(io, data).orElse(null);
        if (known == null) {
            byte[] id = new byte[ID_BYTES];
            new SecureRandom().nextBytes(id);
            var self =
                    new Member(
                            HexFormat.of().formatHex(id),
                            config.raft(),
                            config.data(),
                            config.zone());
            known = new Greeting(self, config.shards(), config.replicas(), Optional.empty());
            MemberFile.store(io, data, known);
        }
        Member self = known.self();
        if (!self.data().equals(config.data()) || !self.raft().equals(config.raft())) {
            throw new ConfigException(
                    "this member is known at "
                            + self.data()
                            + " and "
                            + self.raft()
                            + " (cluster-listen, cluster-raft): an address cannot change yet");
        }
        Optional<NodeIdentity> identity = identity(config);
        NodeSockets sockets = sockets(identity);
        Levels levels = program.levels();
        Optional<ClusterState> saved =
                known.members().isPresent() ? saved(io, data, levels) : Optional.empty();
        int level = saved.map(ClusterState::level).map(ClusterLevel::level).orElse(levels.oldest());
        known = known.speaking(levels, level);
        var port = new DataPort(config.data(), known, FRAME_BYTES_MAX, sockets);
        try {
            Optional<byte[]> joining = Optional.empty();
            ClusterState state;
            if (known.members().isPresent()) {
                Members first = known.members().get();
                Members last = saved.map(ClusterState::members).orElse(first);
                new Formation(known, others(last, self), 0, sockets).checkLevel();
                state = ClusterState.first(first, level);
            } else {
                Formation.Outcome found =
                        new Formation(known, config.seeds(), config.nodes(), sockets).await();
                if (found.at().isPresent()) {
                    NodeDirectory.forgetJoin(data, io);
                    joining =
                            Optional.of(
                                    Joining.run(
                                            io, data, known, program, found.at().get(), sockets));
                    state = joined(io, data, levels);
                    known = known.in(state.members()); // on disk once its logs have their place
                } else {
                    state = ClusterState.first(found.members(), level);
                    known = known.in(found.members());
                    MemberFile.store(io, data, known);
                }
            }
            port.formed(known.speaking(levels, state.level().level()));
            Members members = state.members();
            LOG.info(
                    "member {} of cluster {}: {} members, {} shards on {} of them each",
                    self.id(),
                    members.cluster(),
                    members.members().size(),
                    members.shardCount(),
                    Math.min(members.replicas(), members.members().size()));
            return new ClusterNode(
                    port,
                    known,
                    new ClusterView(state, levels),
                    program,
                    config,
                    joining,
                    identity);
        } catch (IOException | InterruptedException | RuntimeException e) {
            port.close();
            throw e;
        }
    }

    /// What the catalog says that was taken over.
    private static ClusterState joined(FileStore io, Path data, Levels levels) throws IOException {
        return saved(io, data, levels)
                .orElseThrow(() -> new IOException("the catalog says nothing of its cluster"));
    }

    /// What the catalog says as this directory has it.
    private static Optional<ClusterState> saved(FileStore io, Path data, Levels levels)
            throws IOException {
        Optional<String> text = Store.savedDocument(io, data, ClusterStateText.DOCUMENT);
        if (text.isPresent()) {
            int level = ClusterStateText.level(text.get());
            if (!levels.has(level)) {
                throw new LevelException(levels.refusal(level));
            }
        }
        return text.map(ClusterStateText::parse);
    }

    private static List<Address> others(Members members, Member self) {
        return members.members().stream()
                .filter(one -> !one.id().equals(self.id()))
                .map(Member::data)
                .toList();
    }

    /// What this node says of itself now.
    private Greeting greetingNow() {
        return greeting.in(view.members()).speaking(program.levels(), view.level());
    }

    /// The level that the cluster is at.
    int level() {
        return view.level();
    }

    /// Who has which shard, once the logs are open.
    Optional<ShardMap> shardMap() {
        return Optional.ofNullable(shardMap);
    }

    private static Optional<NodeIdentity> identity(NodeConfig.Cluster config) throws IOException {
        NodeConfig.ClusterTls files = config.tls().orElse(null);
        return files == null
                ? Optional.empty()
                : Optional.of(
                        NodeIdentity.load(files.authorities(), files.certificate(), files.key()));
    }

    private static NodeSockets sockets(Optional<NodeIdentity> identity) {
        return identity.isPresent() ? identity.get() : NodeSockets.PLAIN;
    }

    int shardCount() {
        return view.members().shardCount();
    }

    /// The logs of this node; entries of other nodes are taken from now on.
    ///
    /// @param pendingBytesMax of entries that are not answered yet
    NodeLog openLog(FileStore io, Path data, long pendingBytesMax) throws IOException {
        if (raft != null) {
            throw new IllegalStateException("BUG: the logs of " + data + " are opened twice");
        }
        var log =
                new RaftNodeLog(
                        io,
                        data.resolve(RAFT_DIRECTORY),
                        view,
                        greeting.self().id(),
                        RaftSettings.DEFAULT.withPendingBytes(pendingBytesMax),
                        clients,
                        identity,
                        SystemClock.ticker());
        if (joining.isPresent()) {
            log.moves().begin(NodeLog.CATALOG, joining.get());
            MemberFile.store(io, data, greeting);
            joining = Optional.empty();
        }
        port.serve(log::appendAsLeader);
        port.serveCommits(log::committed);
        shardMap = log.shardMap();
        raft = log;
        var told = new ClusterEvents(data, SystemClock.wall());
        events = told;
        log.tell(told);
        log.askWhileWaiting(new RemovalCheck(greeting.self().id(), view::members, this::control));
        clients.tell(what -> told.add(ClusterEvents.Kind.PEER, what));
        return log;
    }

    /// Runs this node's queries at a replica of each shard, and those of others at its own.
    FragmentRunner openQueries(
            Store store,
            Executor fragments,
            Executor served,
            Ticker ticker,
            MemoryBudget budget,
            long memoryBytesMax) {
        var shards = new StoreShards(store);
        var server = new FragmentServer(shards, served, ticker, budget, memoryBytesMax);
        var runner =
                new ClusterFragmentRunner(
                        Objects.requireNonNull(shardMap, "the log is opened first"),
                        shards,
                        clients,
                        server,
                        fragments,
                        ticker);
        queries = runner;
        readingEnds.add(server::close);
        readingEnds.add(runner::close);
        port.serveFragments(server);
        openRepair(store, ticker);
        return runner;
    }

    /// Deletes rows at a replica of each shard, and those of others' statements at its own.
    RowDeletion openDeletes(Store store, Ticker ticker, MemoryBudget budget, long memoryBytesMax) {
        ShardMap map = Objects.requireNonNull(shardMap, "the log is opened first");
        // what is only coming, or has gone and is still read, gets no entries of the log
        IntFunction<Optional<Shard>> here =
                shard -> map.isHere(shard) ? store.shard(shard) : Optional.empty();
        var server = new DeleteServer(store, here, ticker, budget, memoryBytesMax);
        readingEnds.add(server::close);
        port.serveDeletes(server);
        return new ClusterDeletion(map, here, store.catalog()::appliedIndex, clients);
    }

    /// Damaged parts of this node are mended from now on, and others are helped.
    private void openRepair(Store store, Ticker ticker) {
        ClusterEvents seen = Objects.requireNonNull(events, "the log is opened first");
        var thread =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> Thread.ofPlatform().name("part-repair").daemon().unstarted(work));
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        var opened =
                new PartRepairer(
                        Objects.requireNonNull(shardMap, "the log is opened first"),
                        clients,
                        text -> seen.add(ClusterEvents.Kind.REPAIR, text),
                        ticker,
                        (work, millis) -> thread.schedule(work, millis, TimeUnit.MILLISECONDS));
        repairer = opened;
        readingEnds.add(thread::shutdown);
        store.shards().forEach(shard -> watch(store, shard.id()));
        port.serveParts(new PartServer(opened));
    }

    /// A shard has come, or gone; what comes before repair is open is found then.
    private void watch(Store store, int shard) {
        PartRepairer mending = repairer;
        if (mending == null) {
            return;
        }
        Optional<Shard> here = store.shard(shard);
        if (here.isPresent()) {
            mending.watch(shard, ReplicaParts.of(here.get()));
        } else {
            mending.forget(shard);
        }
    }

    /// Mends nothing any more: the store is about to be closed.
    void endRepair() {
        PartRepairer mending = repairer;
        if (mending != null) {
            mending.close();
        }
    }

    private ControlConnection control(Member member) throws IOException {
        return ControlConnection.to(member, greetingNow(), FRAME_BYTES_MAX, sockets(identity));
    }

    /// Members come and go from now on, and replicas with them.
    Membership openMembership(FileStore io, Path data, Store store) throws IOException {
        RaftNodeLog log = Objects.requireNonNull(raft, "the log is opened first");
        var opened =
                new Membership(
                        greeting.self().id(),
                        program,
                        io,
                        data,
                        store,
                        view,
                        log.moves(),
                        this::control,
                        clients::isSuspect,
                        clients::levels,
                        Objects.requireNonNull(events, "the log is opened first"),
                        shard -> watch(store, shard),
                        config.moves(),
                        SystemClock.ticker());
        membership = opened;
        port.serveControl(opened.source());
        view.follow(() -> port.formed(greetingNow()));
        port.formed(greetingNow());
        return opened;
    }

    /// Whether it is one still, as far as it has heard.
    boolean isMember() {
        return view.state().has(greeting.self().id());
    }

    /// Why writes that come here are not acknowledged, and were not for some seconds.
    Optional<String> writesLack() {
        return Objects.requireNonNull(raft, "the log is opened first").writesLack();
    }

    /// What an administrator may want of members.
    Optional<Membership> membership() {
        return Optional.ofNullable(membership);
    }

    /// Asks for the barriers of this node's shards, for a statement that comes now.
    ReadPoint beginStatement() {
        return Objects.requireNonNull(queries, "queries are opened first").begin();
    }

    /// What is shown of the cluster.
    ClusterTables tables(Store store) {
        return new ClusterTables(
                greeting.self().id(),
                view::state,
                clients::isSuspect,
                this::replicas,
                shard -> store.shard(shard).map(Shard::isDamaged).orElse(false),
                () -> handOver(HAND_OVER_LONGEST),
                Objects.requireNonNull(events, "the log is opened first"),
                new ClusterCheck(
                        Objects.requireNonNull(shardMap, "the log is opened first"),
                        clients,
                        Objects.requireNonNull(repairer, "queries are opened first")));
    }

    /// How this node's replicas stand.
    List<ReplicaState> replicas() {
        RaftNodeLog log = raft;
        return log == null ? List.of() : log.replicas();
    }

    /// Gives up the lead of every log that this node leads.
    List<HandOver.Outcome> handOver(Duration longest) {
        RaftNodeLog log = raft;
        return log == null ? List.of() : log.handOver(longest);
    }

    /// Fragments that other nodes were asked to run.
    long remoteFragments() {
        ClusterFragmentRunner runner = queries;
        return runner == null ? 0 : runner.remoteCount();
    }

    /// How often another replica was asked, since one let wait.
    long hedgedFragments() {
        ClusterFragmentRunner runner = queries;
        return runner == null ? 0 : runner.hedgeCount();
    }

    /// Parts that were mended, and how often nobody could help.
    Map<String, Number> repairs() {
        PartRepairer mending = repairer;
        return mending == null
                ? Map.of()
                : Map.of("mended", mending.mendedCount(), "failed", mending.failedCount());
    }

    @Override
    public void close() {
        readingEnds.forEach(Runnable::run);
        clients.close();
        port.close();
    }
}
