package io.tsdb.cluster.node.server;

import io.tsdb.cluster.delete.LocalDeletion;
import io.tsdb.cluster.node.admin.AdminRoutes;
import io.tsdb.cluster.node.admin.ReloadAnswers;
import io.tsdb.cluster.node.admin.SlowStatements;
import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.MemoryPart;
import io.tsdb.cluster.node.config.MemoryPlan;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.node.console.Console;
import io.tsdb.cluster.node.logging.CommandAudit;
import io.tsdb.cluster.node.logging.LogOutput;
import io.tsdb.cluster.node.logging.RepeatFilter;
import io.tsdb.cluster.node.logging.StatementLog;
import io.tsdb.cluster.node.metrics.ClusterMetrics;
import io.tsdb.cluster.node.metrics.NodeMetrics;
import io.tsdb.cluster.node.metrics.StatementMetrics;
import io.tsdb.cluster.node.metrics.SystemDatabase;
import io.tsdb.cluster.read.ClusterFragmentRunner;
import io.tsdb.cluster.read.LocalFragmentRunner;
import io.tsdb.cluster.read.ReadPoint;
import io.tsdb.cluster.security.Authenticator;
import io.tsdb.cluster.security.ClusterTokens;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.cluster.security.TokenAdmin;
import io.tsdb.cluster.security.TokenFile;
import io.tsdb.cluster.security.TokenSecret;
import io.tsdb.cluster.security.Tokens;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.cluster.write.WriteRouter;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.ingest.transport.BodyThreads;
import io.tsdb.ingest.transport.IngestCounters;
import io.tsdb.ingest.transport.LineTcpServer;
import io.tsdb.ingest.transport.WaitingBytes;
import io.tsdb.ingest.transport.WriteEndpoint;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.QueryEngine;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.RowDeletion;
import io.tsdb.query.exec.Session;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.http.InfluxDeleteHandler;
import io.tsdb.query.http.InfluxQueryHandler;
import io.tsdb.query.http.SqlHandler;
import io.tsdb.query.http.StatementBytes;
import io.tsdb.query.http.StatementWatch;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HealthAnswers;
import io.tsdb.storage.net.HttpServer;
import io.tsdb.storage.net.ServerIdentity;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;
import io.tsdb.storage.shard.StoreConfig;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A node that runs: what a [NodeConfig] asks for, put together in [#start] and taken apart, last
/// built first, in [#close].
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final String DEFAULT_DATABASE = "default";
    private static final Duration STOP_HAND_OVER_LONGEST = Duration.ofSeconds(2);

    private final NodeConfig config;

    /// The settings that may change while it runs; all others count as they were at the start.
    private volatile NodeConfig live;

    private volatile @Nullable SettingsReload reload;
    private final InstantSource clock;
    private final Ticker ticker = SystemClock.ticker();
    private final String version;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final IngestCounters counters = new IngestCounters();
    private final Optional<TokenSecret> firstToken;
    private final Authenticator authenticator;
    private final MemoryPlan plan;
    private final Store store;
    private final NodeMemory memory;
    private final Tokens tokens;

    /// Of a node in a cluster.
    private @Nullable ClusterSettings shared;

    /// Of a node in a cluster.
    private @Nullable ClusterNode member;

    private final NodeMetrics metrics;
    private final HttpServer http;
    private volatile @Nullable QueryEngine queries;
    private final Optional<LineTcpServer> lineTcp;

    /// Something to be closed again.
    private record Piece(String name, AutoCloseable closing) {}

    private Node(NodeConfig config, InstantSource clock, Program program) throws IOException {
        this.config = config;
        this.live = config;
        this.clock = clock;
        this.version = program.version();
        LogOutput.apply(config.log().format(), config.log().level());
        var steps = new StartSteps(ticker);
        try {
            var file = new TokenFile(config.data());
            boolean isAlone = config.cluster().isEmpty();
            this.authenticator =
                    new Authenticator(file, config.auth(), config.adminToken(), clock, ticker);
            if (isAlone) {
                config.checkExposure(authenticator.isOn());
            } else {
                config.checkClusterExposure(); // the rest once the cluster's tokens are known
            }
            steps.done("settings and tokens");
            NodeSettings settings = NodeSettings.here(config);
            LOG.info("memory {}", settings.memory());
            this.plan = settings.memory();
            this.store = openStore(settings, program);
            this.memory =
                    opened("memory", new NodeMemory(plan, config.memory().seriesBytes(), store));
            steps.done("store");
            if (isAlone) {
                this.tokens = file;
            } else {
                this.tokens = clusterTokens(file);
                this.shared = opened("settings", new ClusterSettings(store));
                config.checkExposure(authenticator.isOn());
            }
            warnAbout(authenticator.isOn());
            var authorizer = new RequestAuthorizer(authenticator);
            EventLoops loops = opened("event loops", settings.eventLoops());
            var router =
                    new WriteRouter(
                            store,
                            config.autoCreateDatabase(),
                            config.schema(),
                            memory::seriesBytesMax);
            WaitingBytes waiting = settings.waiting(ticker);
            this.metrics = opened("metrics", new NodeMetrics(store, config, version));
            CacheBudget caches = settings.seriesCaches();
            ClusterNode joined = member;
            if (joined != null) {
                metrics.cluster(
                        new ClusterMetrics(
                                joined::replicas,
                                joined::remoteFragments,
                                joined::hedgedFragments,
                                joined::repairs,
                                joined::level));
            }
            metrics.connections(loops.counters());
            metrics.ingest(counters, waiting, caches, authorizer);
            memory.count(MemoryPart.NETWORK, loops::heldBytes);
            memory.count(MemoryPart.NETWORK, waiting::reserved);
            memory.count(MemoryPart.SERIES_CACHES, caches::usedBytes);
            metrics.memory(plan.limitBytes(), memory::reserved, memory::used);
            this.http = startHttp(settings, loops, router, waiting, caches, authorizer, metrics);
            this.lineTcp = startLineTcp(settings, loops, router, waiting, caches, authorizer);
            steps.done("ports");
            memory.start();
            startOwnMetrics(router, caches);
            opened("audit of commands", CommandAudit.follow(config.data()));
            if (joined != null) {
                // while it still serves
                opened("leaders", () -> joined.handOver(STOP_HAND_OVER_LONGEST));
            }
            this.firstToken = createFirstToken();
            LOG.info("tsdb {} started in {}", version, steps);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private Store openStore(NodeSettings settings, Program program) throws IOException {
        var io = new LocalFileStore();
        NodeDirectory.checkKind(config, io);
        if (config.cluster().isEmpty()) {
            return opened("store", Store.open(settings.store(ticker), io, ticker, clock));
        }
        try {
            ClusterNode node = ClusterNode.join(config.data(), config.cluster().get(), io, program);
            opened("cluster", node);
            member = node;
            StoreConfig found =
                    settings.store(
                            node.shardCount(),
                            (files, _) -> node.openLog(files, config.data(), settings.logBytes()));
            Store made = opened("store", Store.open(found, io, ticker, clock));
            opened("members", node.openMembership(io, config.data(), made));
            return made;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the cluster", e);
        }
    }

    /// Runs a statement on what is acknowledged anywhere when it comes, unless it wants less.
    private QueryResult execute(QueryEngine engine, String sql, Session asked) {
        Session session = asked.orElse(config.queries().consistency());
        boolean isStrong = session.consistency().orElseThrow() == Consistency.STRONG;
        ClusterNode joined = member;
        if (joined == null || !isStrong) {
            return engine.execute(sql, session);
        }
        ReadPoint begun = joined.beginStatement();
        try {
            begun.catalog().join();
        } catch (CompletionException e) {
            throw new QueryException(
                    QueryErrorCode.UNAVAILABLE,
                    Position.NONE,
                    "this node cannot say what was acknowledged last: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage());
        }
        return ScopedValue.where(ClusterFragmentRunner.READ_POINT, begun)
                .call(() -> engine.execute(sql, session));
    }

    /// Opens the data directory, recovers what it holds, and serves.
    ///
    /// @param version of this build
    /// @throws ConfigException when the settings must not be served
    /// @throws IOException when the directory is in use or damaged, or an address cannot be bound
    public static Node start(NodeConfig config, InstantSource clock, String version)
            throws IOException {
        return start(config, clock, new Program(version, Levels.CURRENT));
    }

    /// As a program that speaks other levels would, as far as they are among those of this one.
    ///
    /// @throws ConfigException when the settings must not be served
    /// @throws IOException when the directory is in use or damaged, or an address cannot be bound
    public static Node start(NodeConfig config, InstantSource clock, Program program)
            throws IOException {
        return new Node(config, clock, program);
    }

    /// Those of the cluster, which this node's file follows.
    private Tokens clusterTokens(TokenFile file) throws IOException {
        var shared = opened("tokens", new ClusterTokens(store, file, authenticator::look));
        shared.start();
        return shared;
    }

    /// With `auth=true` and no token there would be no way in: the first one is made here, last of
    /// all, since a start that fails says it to nobody.
    private Optional<TokenSecret> createFirstToken() throws IOException {
        if (config.auth() != Authenticator.Mode.ON || config.adminToken().isPresent()) {
            return Optional.empty();
        }
        Optional<TokenSecret> first = new TokenAdmin(tokens, clock).createFirst();
        authenticator.look();
        return first;
    }

    private void warnAbout(boolean authenticationOn) {
        boolean exposed =
                !config.http().isLoopback()
                        || config.lineTcp().map(endpoint -> !endpoint.isLoopback()).orElse(false);
        if (exposed && !authenticationOn) {
            LOG.warn("insecure: anybody who reaches this machine can read, write and drop");
        } else if (exposed && config.tls().isEmpty()) {
            LOG.warn("tokens travel unencrypted: set tls-cert and tls-key");
        }
        if (config.isClusterOpen()) {
            LOG.warn("insecure: whoever reaches cluster-listen or cluster-raft counts as a node");
        }
        if (config.durabilityAsync()) {
            LOG.warn("durability=async: a power failure may take writes that were acknowledged");
        }
    }

    private HttpServer startHttp(
            NodeSettings settings,
            EventLoops loops,
            WriteRouter router,
            WaitingBytes waiting,
            CacheBudget caches,
            RequestAuthorizer authorizer,
            NodeMetrics metrics)
            throws IOException {
        MemoryBudget budget = settings.queryBudget();
        metrics.queries(budget);
        memory.count(MemoryPart.QUERIES, budget::reservedBytes);
        var databases =
                new StoreDatabases(
                        config.data(),
                        store,
                        config.schema(),
                        new RowInsertion(
                                router,
                                () -> new LineDecoder(router, false, caches),
                                settings.writes().decodeLimits(),
                                counters),
                        rowDeletion(settings, budget));
        ExecutorService statements = QueryThreads.forStatements(settings.coreCount());
        opened("statements", statements::shutdownNow);
        ExecutorService fragments = QueryThreads.forFragments(settings.coreCount());
        opened("fragments", fragments::shutdownNow);
        var engine =
                new QueryEngine(
                        store.catalog(),
                        fragmentRunner(settings, fragments, budget),
                        databases,
                        clock,
                        ticker,
                        settings.queries(),
                        budget);
        queries = engine;
        StatementBytes held = settings.statements();
        var counted = new StatementMetrics();
        metrics.statements(held, counted);
        memory.count(MemoryPart.NETWORK, held::reserved);
        var logged = new StatementLog(() -> live.log().slowQuery());
        var slow = new SlowStatements(clock);
        StatementWatch watch =
                statement -> {
                    counted.ended(statement);
                    logged.ended(statement);
                    slow.ended(statement);
                };
        ServerIdentity identity = ServerIdentity.of(version);
        Instant startedAt = clock.instant();
        var routes =
                new NodeRoutes(
                        authorizer,
                        new WriteEndpoint(
                                router,
                                () -> new LineDecoder(router, config.lenientTypes(), caches),
                                opened("bodies", BodyThreads.create(settings.coreCount(), ticker)),
                                authorizer,
                                settings.writes(),
                                waiting,
                                counters,
                                clock),
                        () ->
                                new SqlHandler(
                                        (sql, session) -> execute(engine, sql, session),
                                        statements,
                                        authorizer,
                                        config.defaultDatabase().orElse(DEFAULT_DATABASE),
                                        held,
                                        ticker,
                                        watch),
                        () ->
                                new InfluxQueryHandler(
                                        databases,
                                        store.catalog()::databases,
                                        engine::delete,
                                        clock,
                                        statements,
                                        authorizer,
                                        held,
                                        ticker,
                                        watch),
                        () ->
                                new InfluxDeleteHandler(
                                        engine::delete,
                                        statements,
                                        authorizer,
                                        held,
                                        ticker,
                                        watch),
                        new HealthAnswers(
                                identity, clock, startedAt, new NodeHealth(store, member)),
                        metrics::scrape,
                        new AdminRoutes(
                                authorizer,
                                new AllDatabasesGuard(authorizer, Access.Right.ADMINISTRATE),
                                statements,
                                new TokenAdmin(tokens, clock),
                                slow,
                                this::shardMap,
                                this::reloadSettings,
                                () -> Optional.ofNullable(member).map(one -> one.tables(store)),
                                () -> Optional.ofNullable(member).flatMap(ClusterNode::membership),
                                () -> Optional.ofNullable(shared)),
                        new Console(),
                        version);
        var server =
                new HttpServer(
                        loops,
                        settings.http(config.http()),
                        identity,
                        clock,
                        ticker,
                        routes.routes());
        opened("HTTP server", server::stop);
        return server;
    }

    private FragmentRunner fragmentRunner(
            NodeSettings settings, ExecutorService fragments, MemoryBudget budget) {
        ClusterNode cluster = member;
        if (cluster == null) {
            return new LocalFragmentRunner(store.shards(), fragments);
        }
        ExecutorService served = QueryThreads.forServedFragments(settings.coreCount());
        opened("served fragments", served::shutdownNow);
        opened("part repair", cluster::endRepair);
        return cluster.openQueries(
                store, fragments, served, ticker, budget, settings.queries().memoryBytes());
    }

    private RowDeletion rowDeletion(NodeSettings settings, MemoryBudget budget) {
        ClusterNode cluster = member;
        return cluster == null
                ? new LocalDeletion(store)
                : cluster.openDeletes(store, ticker, budget, settings.queries().memoryBytes());
    }

    private void startOwnMetrics(WriteRouter router, CacheBudget caches) {
        config.ownMetrics()
                .interval()
                .ifPresent(
                        interval ->
                                opened(
                                                "own metrics",
                                                new SystemDatabase(
                                                        store,
                                                        router,
                                                        () ->
                                                                new LineDecoder(
                                                                        router, false, caches),
                                                        metrics::snapshots,
                                                        shardMap()
                                                                .map(map -> map.self().id())
                                                                .orElse("alone"),
                                                        config.ownMetrics().retention(),
                                                        clock))
                                        .start(interval));
    }

    /// Where settings come from, so that they can be read again.
    public void settingsFrom(ConfigSources inForce, Supplier<ConfigSources> again) {
        ClusterSettings clusterWide = shared;
        reload =
                new SettingsReload(
                        inForce,
                        again,
                        clusterWide == null ? UnaryOperator.identity() : clusterWide::over,
                        this::take);
        if (clusterWide != null) {
            clusterWide.follow(this::reloadSettings);
        }
    }

    /// Reads the settings again and takes those that it can; empty when it was not said where they
    /// come from.
    ///
    /// @throws ConfigException when one is wrong: what was in force stays so
    public Optional<ReloadAnswers.Outcome> reloadSettings() {
        return Optional.ofNullable(reload).map(SettingsReload::run);
    }

    private void take(NodeConfig changed) {
        live = changed;
        LogOutput.apply(changed.log().format(), changed.log().level());
        authenticator.adminToken(changed.adminToken());
        QueryEngine running = queries;
        if (running != null) {
            int cores = Runtime.getRuntime().availableProcessors();
            running.limits(new NodeSettings(changed, plan, cores).queries());
        }
    }

    private Optional<LineTcpServer> startLineTcp(
            NodeSettings settings,
            EventLoops loops,
            WriteRouter router,
            WaitingBytes waiting,
            CacheBudget caches,
            RequestAuthorizer authorizer)
            throws IOException {
        if (config.lineTcp().isEmpty()) {
            return Optional.empty();
        }
        var server =
                new LineTcpServer(
                        loops,
                        settings.lineTcp(config.lineTcp().get()),
                        router,
                        () -> new LineDecoder(router, config.lenientTypes(), caches),
                        authorizer,
                        waiting,
                        counters,
                        clock,
                        ticker);
        opened("line TCP server", server::stop);
        return Optional.of(server);
    }

    private <T extends AutoCloseable> T opened(String name, T piece) {
        pieces.push(new Piece(name, piece));
        return piece;
    }

    /// `http://HOST:PORT`, with the port that was bound.
    public String url() {
        return http.scheme() + "://" + text(http.address());
    }

    public Optional<InetSocketAddress> lineTcpAddress() {
        return lineTcp.map(LineTcpServer::address);
    }

    /// The administrator's token that was made because there was none; it is stored nowhere.
    public Optional<TokenSecret> firstToken() {
        return firstToken;
    }

    private Optional<ShardMap> shardMap() {
        ClusterNode joined = member;
        return joined == null ? Optional.empty() : joined.shardMap();
    }

    /// What is counted and measured here.
    public NodeMetrics metrics() {
        return metrics;
    }

    /// What was written since start.
    public IngestCounters counters() {
        return counters;
    }

    /// Writes every point to parts; returns when they are durable.
    public void flush() {
        store.flush();
    }

    /// Points in parts, overwritten ones of different parts included.
    public long partRowCount() {
        return store.shards().stream()
                .flatMap(shard -> shard.parts().stream())
                .mapToLong(Part::rowCount)
                .sum();
    }

    public int seriesCount() {
        return store.shards().stream().mapToInt(Shard::seriesCount).sum();
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// Takes no more requests, finishes those in flight, syncs the log, closes the store; the
    /// process's log then lacks nothing.
    @Override
    public void close() {
        while (!pieces.isEmpty()) {
            Piece piece = pieces.pop();
            try {
                piece.closing().close();
            } catch (Exception e) { // whatever it is: the others must be closed as well
                LOG.error("{} did not close cleanly", piece.name(), e);
            }
        }
        RepeatFilter.reportAll();
    }
}
