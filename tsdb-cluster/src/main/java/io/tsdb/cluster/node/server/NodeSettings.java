package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.config.Endpoint;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.transport.LineTcpConfig;
import io.tsdb.ingest.transport.WaitingBytes;
import io.tsdb.ingest.transport.WriteConfig;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.exec.QueryLimits;
import io.tsdb.query.http.StatementBytes;
import io.tsdb.storage.log.Durability;
import io.tsdb.storage.log.LocalLog;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.net.ArrivalLimits;
import io.tsdb.storage.net.HttpServerConfig;
import io.tsdb.storage.net.ListenerConfig;
import io.tsdb.storage.net.TlsFiles;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.shard.StoreConfig;

import java.time.Duration;
import java.util.Optional;

/// What a [NodeConfig] means for each part of a node. Pure.
///
/// @param heapBytes that the shares of memory are taken from
/// @param coreCount that the counts of threads and shards are taken from
record NodeSettings(NodeConfig config, long heapBytes, int coreCount) {
    /// Requests that run have so long to end, then their connections do, and statements with them.
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    /// Whoever stops a node (systemd, Docker) kills it some ten seconds later.
    private static final Duration STOP_FLUSH_MAX = Duration.ofSeconds(4);

    private static final int LINE_TCP_BATCH_BYTES = 1 << 20;
    private static final int GROUPS_MAX = 10_000_000;

    /// Head and cache have a quarter each, requests on their way an eighth, series caches a
    /// sixteenth.
    private static final int QUERY_HEAP_SHARE = 6;

    /// Inflated bytes of a request take up to so many times their size as points.
    private static final int POINT_BYTES_PER_LINE_BYTE = 2;

    /// @param ticker of the log
    StoreConfig store(Ticker ticker) {
        LogConfig log = LogConfig.defaults();
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
                config.headMemoryBytes().orElse(heapBytes / 4),
                config.cacheMemoryBytes().orElse(heapBytes / 4),
                config.flushAge(),
                STOP_FLUSH_MAX,
                config.diskReserveBytes(),
                log,
                PartConfig.defaults());
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
        return new MemoryBudget(queryBudgetBytes(), config.queries().memoryWait());
    }

    private long queryBudgetBytes() {
        return config.queries().budgetBytes().orElse(heapBytes / QUERY_HEAP_SHARE);
    }

    /// An eighth of the heap, but always enough for two requests of the largest size: one holds
    /// half at most.
    WaitingBytes waiting(Ticker ticker) {
        long two = 2 * POINT_BYTES_PER_LINE_BYTE * bodyInflatedBytesMax();
        return new WaitingBytes(Math.max(heapBytes / 8, two + (1 << 20)), ticker);
    }

    /// As configured, but no more than a sixteenth of the heap, of which its points take twice as
    /// much.
    private long bodyInflatedBytesMax() {
        return Math.min(config.requests().bodyInflatedBytesMax(), heapBytes / 16);
    }

    /// A sixty-fourth of the heap, and always enough for eight statements of the largest size.
    StatementBytes statements() {
        return new StatementBytes(Math.max(heapBytes / 64, 8L << 20));
    }

    /// A quarter of the heap; the rest is for points, blocks and queries.
    long seriesBytesMax() {
        return config.seriesMemoryBytes().orElse(heapBytes / 4);
    }

    /// A sixteenth of the heap: room for the series of a million devices, on any number of
    /// connections.
    CacheBudget seriesCaches() {
        return new CacheBudget(heapBytes / 16);
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
