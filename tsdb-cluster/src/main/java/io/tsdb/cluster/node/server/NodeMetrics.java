package io.tsdb.cluster.node.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.transport.IngestCounters;
import io.tsdb.ingest.transport.WaitingBytes;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.http.StatementBytes;
import io.tsdb.storage.net.ConnectionCounters;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Counters and gauges of a node, as `/metrics` shows them. Names: `tsdb_`, the noun, the unit; all
/// are read when asked for, so the hot paths know nothing of them. Any thread.
final class NodeMetrics implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    NodeMetrics(Store store, String version) {
        log(store);
        storage(store);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        Gauge.builder("tsdb.build", () -> 1)
                .description("1, with the version as label.")
                .tag("version", version)
                .strongReference(true)
                .register(registry);
    }

    void connections(ConnectionCounters counted) {
        counter("tsdb.http.requests", "HTTP requests.", counted.httpRequests);
        counter("tsdb.http.client.errors", "HTTP answers 4xx.", counted.httpClientErrors);
        counter("tsdb.http.server.errors", "HTTP answers 5xx.", counted.httpServerErrors);
        counter("tsdb.connections", "Connections accepted.", counted.accepted);
        counter("tsdb.connections.refused", "Connections over limit.", counted.refused);
        counter("tsdb.connections.timed.out", "Connections too slow.", counted.timedOut);
        gauge("tsdb.connections.open", "Connections open.", counted.open::sum);
    }

    void ingest(
            IngestCounters ingest,
            WaitingBytes waiting,
            CacheBudget caches,
            RequestAuthorizer authorizer) {
        counter("tsdb.points.written", "Points acknowledged.", ingest.linesWritten);
        counter("tsdb.lines.refused", "Lines refused.", ingest.linesRefused);
        counter("tsdb.lines.bytes", "Line protocol taken in, inflated.", ingest.lineBytes);
        counter("tsdb.write.requests", "Write requests answered.", ingest.writeRequests);
        counter("tsdb.writes.overloaded", "Writes answered 503.", ingest.writesOverloaded);
        counter("tsdb.writes.failed", "Writes that the log failed on.", ingest.writesFailed);
        counter("tsdb.tcp.lines.lost", "Lines over TCP not written.", ingest.tcpLinesLost);
        gauge("tsdb.waiting.bytes", "Points received, not yet acknowledged.", waiting::reserved);
        gauge(
                "tsdb.series.cache.bytes",
                "Memory of the connections' series caches.",
                caches::usedBytes);
        counter(
                "tsdb.requests.refused",
                "Requests without a token that may do what they ask.",
                authorizer,
                RequestAuthorizer::refusalCount);
    }

    void statements(StatementBytes held) {
        gauge("tsdb.statement.bytes", "Bodies of statements not run yet.", held::reserved);
    }

    void queries(MemoryBudget budget) {
        gauge("tsdb.query.memory.limit.bytes", "For all queries.", budget::capacityBytes);
        gauge("tsdb.query.memory.bytes", "Reserved by queries.", budget::reservedBytes);
        gauge("tsdb.query.memory.max.bytes", "Most that was reserved.", budget::reservedBytesMax);
        gauge("tsdb.queries.running", "Queries at work.", budget::queryCount);
        counter(
                "tsdb.query.memory.waits",
                "Times that a query waited for memory.",
                budget,
                MemoryBudget::waitCount);
        counter(
                "tsdb.queries.refused.busy",
                "Queries refused, others held the memory.",
                budget,
                MemoryBudget::busyCount);
        counter(
                "tsdb.queries.refused.large",
                "Queries that wanted more memory than they may hold.",
                budget,
                MemoryBudget::tooLargeCount);
    }

    private void log(Store store) {
        counter(
                "tsdb.log.bytes",
                "Bytes of log records.",
                store,
                s -> s.log().statistics().writtenBytes());
        counter(
                "tsdb.log.entries",
                "Log entries that became durable.",
                store,
                s -> s.log().statistics().appendCount());
        counter(
                "tsdb.log.syncs",
                "Syncs of the log.",
                store,
                s -> s.log().statistics().syncCount());
        counter(
                "tsdb.log.sync.seconds",
                "Time spent in syncs of the log.",
                store,
                s -> s.log().statistics().syncNanosTotal() / NANOS_PER_SECOND);
        gauge(
                "tsdb.log.sync.max.seconds",
                "Longest sync of the log.",
                () -> store.log().statistics().syncNanosMax() / NANOS_PER_SECOND);
        gauge(
                "tsdb.log.queued.bytes",
                "Bytes appended to the log and not yet durable.",
                () -> store.log().statistics().queuedBytes());
        gauge(
                "tsdb.log.replayed.records",
                "Records of the log that the start had to apply; 0 after a clean stop.",
                () -> store.log().recoveredEntries());
    }

    private void storage(Store store) {
        gauge("tsdb.shards", "Shards.", () -> store.shards().size());
        gauge("tsdb.databases", "Databases.", () -> store.catalog().databases().size());
        gauge("tsdb.series", "Series.", () -> sum(store, Shard::seriesCount));
        gauge(
                "tsdb.series.bytes",
                "Memory of series, about.",
                () -> sum(store, Shard::seriesBytes));
        gauge("tsdb.head.bytes", "Points not in a part.", () -> sum(store, Shard::memoryBytes));
        gauge("tsdb.head.points", "Points not in a part.", () -> sum(store, Shard::headPointCount));
        gauge("tsdb.parts", "Parts.", () -> sum(store, shard -> shard.parts().size()));
        gauge("tsdb.part.rows", "Rows in parts.", () -> sum(store, NodeMetrics::partRowCount));
        counter(
                "tsdb.flushed.bytes",
                "Bytes of parts that flushes wrote.",
                store,
                s -> s.partStatistics().flushedBytes());
        counter(
                "tsdb.compacted.bytes",
                "Bytes of parts that compactions wrote.",
                store,
                s -> s.partStatistics().compactedBytes());
        counter(
                "tsdb.compactions",
                "Compactions that replaced parts.",
                store,
                s -> s.partStatistics().compactionCount());
        counter(
                "tsdb.compaction.failures",
                "Compactions that failed; their parts stay.",
                store,
                s -> s.partStatistics().compactionFailureCount());
        counter(
                "tsdb.expired.rows",
                "Rows of parts that went whole since they were older than the retention.",
                store,
                s -> s.partStatistics().expiredRowCount());
        gauge(
                "tsdb.write.amplification",
                "Bytes of parts written for each byte flushed.",
                () -> store.partStatistics().writeAmplification());
        gauge(
                "tsdb.damages",
                "Damaged files of parts; /health names the first.",
                () -> store.damages().size());
        gauge("tsdb.cache.bytes", "Memory of blocks of parts.", () -> store.cache().usedBytes());
        counter("tsdb.cache.hits", "Blocks found in the cache.", store, s -> s.cache().hitCount());
        counter("tsdb.cache.misses", "Blocks read from parts.", store, s -> s.cache().missCount());
        gauge("tsdb.disk.low", "1: writes are refused, no room.", () -> store.diskLow() ? 1 : 0);
    }

    private static double partRowCount(Shard shard) {
        return shard.parts().stream().mapToLong(Part::rowCount).sum();
    }

    private static double sum(Store store, ToDoubleFunction<Shard> value) {
        return store.shards().stream().mapToDouble(value).sum();
    }

    private void counter(String name, String what, LongAdder adder) {
        counter(name, what, adder, LongAdder::sum);
    }

    private <T> void counter(String name, String what, T source, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, source, value).description(what).register(registry);
    }

    private void gauge(String name, String what, Supplier<Number> value) {
        Gauge.builder(name, value).description(what).strongReference(true).register(registry);
    }

    /// The text of `/metrics`.
    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
