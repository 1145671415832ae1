package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.config.Endpoint;
import io.tsdb.cluster.node.config.MemoryPart;
import io.tsdb.cluster.node.config.MemoryPlan;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.transport.LineTcpConfig;
import io.tsdb.ingest.transport.WaitingBytes;
import io.tsdb.ingest.transport.WriteConfig;
import io.tsdb.query.budget.ComputeTurns;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.http.StatementBytes;
import io.tsdb.storage.log.Durability;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.ArrivalLimits;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HeadRoom;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ListenerConfig;
import io.tsdb.storage.net.TlsFiles;
import io.tsdb.storage.net.TlsHandshakes;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.shard.StoreConfig;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;

/// What a [NodeConfig] means for each part of a node.
///
/// @param coreCount that the counts of threads and shards are taken from
record NodeSettings(NodeConfig config, MemoryPlan memory, int coreCount) {
    /// Requests that run have so long to end, then their connections do, and statements with them.
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    /// Whoever stops a node (systemd, Docker) kills it some ten seconds later.
    private static final Duration STOP_FLUSH_MAX = Duration.ofSeconds(4);

    private static final int LINE_TCP_BATCH_BYTES = 1 << 20;
    private static final int GROUPS_MAX = 10_000_000;

    /// Inflated bytes of a request take up to so many times their size as points.
    private static final int POINT_BYTES_PER_LINE_BYTE = 2;

    /// Of the network's memory, that of unfinished heads, and of statements not run yet: one part
    /// in so many each.
    private static final int HEADS_SHARE = 16;

    /// Of it, that of handshakes, and of buffers between sockets and handlers.
    private static final int HANDSHAKES_SHARE = 8;

    private static final int BUFFERS_SHARE = 8;

    /// Enough for some of the largest anywhere.
    private static final long HELD_BYTES_MIN = 4L << 20;

    /// As of this machine.
    ///
    /// @throws io.tsdb.cluster.node.config.ConfigException when its memory does not suffice
    static NodeSettings here(NodeConfig config) {
        Runtime machine = Runtime.getRuntime();
        int cores = machine.availableProcessors();
        return new NodeSettings(
                config, MemoryPlan.of(config, machineBytes(), machine.maxMemory(), cores), cores);
    }

    /// Of the machine, or of the container.
    private static long machineBytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /// @param ticker of the log
    StoreConfig store(Ticker ticker) {
        // a third as many beside them are of buffers that wait
        LogConfig log = LogConfig.defaults().withQueueBytes(logBytes() / 4 * 3);
        return store(
                config.shards().orElse(coreCount),
                LocalLog.factory(
                        config.durabilityAsync() ? log.withDurability(Durability.ASYNC) : log,
                        ticker));
    }

    StoreConfig store(int shardCount, NodeLog.Factory log) {
        return new StoreConfig(
                config.data(),
                shardCount,
                memory.bytes(MemoryPart.HEAD),
                memory.bytes(MemoryPart.BLOCK_CACHE) + memory.bytes(MemoryPart.PART_INDEXES),
                config.flushAge(),
                STOP_FLUSH_MAX,
                config.diskReserveBytes(),
                log,
                PartConfig.defaults());
    }

    /// Of records that are not durable yet, and of buffers.
    long logBytes() {
        return memory.bytes(MemoryPart.LOG_QUEUES);
    }

    QueryLimits queries() {
        NodeConfig.QueryBounds bounds = config.queries();
        return new QueryLimits(
                bounds.rowsMax(),
                GROUPS_MAX,
                bounds.memoryBytes().orElse(queryBudgetBytes() / 4 * 3),
                bounds.timeout());
    }

    MemoryBudget queryBudget() {
        return new MemoryBudget(
                queryBudgetBytes(),
                config.queries().memoryWait(),
                new ComputeTurns(coreCount, SystemClock.ticker()));
    }

    private long queryBudgetBytes() {
        return memory.bytes(MemoryPart.QUERIES);
    }

    /// What the other parts of the network leave.
    WaitingBytes waiting(Ticker ticker) {
        return new WaitingBytes(waitingBytes(), ticker);
    }

    private long waitingBytes() {
        long network = memory.bytes(MemoryPart.NETWORK);
        long handshakes = config.tls().isPresent() ? held(HANDSHAKES_SHARE) : 0;
        return network - network / BUFFERS_SHARE - 2 * held(HEADS_SHARE) - handshakes;
    }

    /// As configured, but no more than that two of the largest requests find room: one holds half
    /// at most.
    private long bodyInflatedBytesMax() {
        long fits = (waitingBytes() - (1 << 20)) / (2 * POINT_BYTES_PER_LINE_BYTE);
        return Math.min(config.requests().bodyInflatedBytesMax(), fits);
    }

    private long held(int share) {
        return Math.max(memory.bytes(MemoryPart.NETWORK) / share, HELD_BYTES_MIN);
    }

    EventLoops eventLoops() {
        return EventLoops.create(
                coreCount,
                TlsHandshakes.create(coreCount, held(HANDSHAKES_SHARE)),
                new HeadRoom(held(HEADS_SHARE)));
    }

    StatementBytes statements() {
        return new StatementBytes(held(HEADS_SHARE));
    }

    CacheBudget seriesCaches() {
        return new CacheBudget(memory.bytes(MemoryPart.SERIES_CACHES));
    }

    WriteConfig writes() {
        NodeConfig.RequestLimits limits = config.requests();
        return new WriteConfig(
                limits.bodyBytesMax(), bodyInflatedBytesMax(), lines(), config.defaultDatabase());
    }

    private DecodeLimits lines() {
        NodeConfig.RequestLimits limits = config.requests();
        return new DecodeLimits(
                limits.lineBytesMax(),
                limits.tagsMax(),
                limits.fieldsMax(),
                DecodeLimits.DEFAULT.errorsMax(),
                DecodeLimits.DEFAULT.cacheBytesMax());
    }

    HttpServerConfig http(Endpoint endpoint) {
        ArrivalLimits usual = ArrivalLimits.DEFAULT;
        HttpServerConfig plain = HttpServerConfig.of(endpoint.host(), endpoint.port());
        return new HttpServerConfig(
                new ListenerConfig(
                        endpoint.host(),
                        endpoint.port(),
                        tls(),
                        config.requests().connectionsMax(),
                        STOP_TIMEOUT),
                new ArrivalLimits(
                        config.requests().idleTimeout(),
                        usual.head(),
                        usual.bodyGrace(),
                        usual.bodyBytesPerSecondMin()),
                plain.uriBytesMax(),
                plain.headBytesMax());
    }

    LineTcpConfig lineTcp(Endpoint endpoint) {
        LineTcpConfig usual =
                LineTcpConfig.of(endpoint.host(), endpoint.port(), config.lineTcpDatabase());
        return new LineTcpConfig(
                new ListenerConfig(
                        endpoint.host(),
                        endpoint.port(),
                        tls(),
                        config.requests().connectionsMax(),
                        STOP_TIMEOUT),
                usual.database(),
                usual.precision(),
                usual.idleTimeout(),
                usual.tokenTimeout(),
                usual.onBadLine(),
                LINE_TCP_BATCH_BYTES,
                lines());
    }

    private Optional<TlsFiles> tls() {
        return config.tls().map(paths -> new TlsFiles(paths.certificate(), paths.key()));
    }
}
