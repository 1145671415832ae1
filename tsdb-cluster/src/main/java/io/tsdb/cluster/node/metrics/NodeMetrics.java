package io.tsdb.cluster.node.metrics;

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
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.transport.IngestCounters;
import io.tsdb.ingest.transport.WaitingBytes;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.http.StatementBytes;
import io.tsdb.storage.model.DurationHistogram;
import io.tsdb.storage.net.ConnectionCounters;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Counters and gauges of a node, as `/metrics` shows them. Names: `tsdb_`, the noun, the unit; all
/// are read when asked for, so the hot paths know nothing of them. Any thread.
public final class NodeMetrics implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    private final List<Described> described = new ArrayList<>();

    /// A metric, for the page that lists them.
    ///
    /// @param name as Prometheus has it
    /// @param labels empty for none
    public record Described(String name, String type, String label, String meaning) {}

    public NodeMetrics(Store store, NodeConfig config, String version) {
        log(store);
        storage(store);
        new ShardMetrics(store).bindTo(this);
        Path data = config.data();
        gauge("tsdb.disk.free.bytes", "Room on the disk of the data.", () -> freeBytes(data));
        gauge(
                "tsdb.disk.reserve.bytes",
                "Writes are refused while the disk has less room than this.",
                config::diskReserveBytes);
        gauge(
                "process.resident.memory.bytes",
                "Memory of the process that is in RAM; 0 where the system does not say.",
                ResidentMemory::bytes);
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
        describe("tsdb.build", "gauge", "version", "1, with the version as label.");
    }

    private static long freeBytes(Path data) {
        return data.toFile().getUsableSpace();
    }

    /// Of a node that is one of several.
    public void cluster(ClusterMetrics cluster) {
        cluster.bindTo(this);
    }

    public void connections(ConnectionCounters counted) {
        counter("tsdb.http.requests", "HTTP requests.", counted.httpRequests);
        counter("tsdb.http.client.errors", "HTTP answers 4xx.", counted.httpClientErrors);
        counter("tsdb.http.server.errors", "HTTP answers 5xx.", counted.httpServerErrors);
        counter("tsdb.connections", "Connections accepted.", counted.accepted);
        counter("tsdb.connections.refused", "Connections over limit.", counted.refused);
        counter("tsdb.connections.timed.out", "Connections too slow.", counted.timedOut);
        gauge("tsdb.connections.open", "Connections open.", counted.open::sum);
    }

    public void ingest(
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
        family(
                "tsdb_write_answers_total",
                "status",
                "Write requests answered, by the status of the answer.",
                () -> numbers(asText(ingest.answers())));
        family(
                "tsdb_lines_refused_kind_total",
                "kind",
                "Lines refused: unparsed are no points, dropped the schema or a limit refused.",
                () ->
                        Map.of(
                                "unparsed", ingest.linesUnparsed.sum(),
                                "dropped", ingest.linesDropped.sum()));
        histogram(
                "tsdb_write_duration_seconds",
                "From the head of a write request to its answer.",
                ingest.writeDurations);
        counter("tsdb.write.bytes", "Bodies of writes as sent.", ingest.writeBytesRaw);
        gauge("tsdb.waiting.limit.bytes", "Most of these at once.", waiting::limit);
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

    public void statements(StatementBytes held, StatementMetrics counted) {
        histograms(
                "tsdb_statement_duration_seconds",
                "kind",
                "From the start of a statement to the end of its answer.",
                counted::durations);
        family(
                "tsdb_statement_errors_total",
                "code",
                "Statements that failed or were refused, by the code of the error.",
                () -> numbers(counted.errors()));
        counter("tsdb.statement.rows", "Rows that statements answered.", counted.rows());
        gauge("tsdb.statement.bytes", "Bodies of statements not run yet.", held::reserved);
    }

    public void queries(MemoryBudget budget) {
        gauge("tsdb.query.memory.limit.bytes", "For all queries.", budget::capacityBytes);
        gauge("tsdb.query.memory.bytes", "Reserved by queries.", budget::reservedBytes);
        gauge("tsdb.query.memory.max.bytes", "Most that was reserved.", budget::reservedBytesMax);
        gauge("tsdb.queries.running", "Queries at work.", budget::queryCount);
        counter(
                "tsdb.query.memory.waits",
                "Times that a query waited for memory.",
                budget,
                MemoryBudget::waitCount);
        gauge(
                "tsdb.query.threads.waiting",
                "Threads of heavy queries that wait for a core.",
                () -> budget.turns().waitingCount());
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

    /// @param reserved bytes of each part
    /// @param used of these
    public void memory(
            long limitBytes,
            Supplier<Map<String, Number>> reserved,
            Supplier<Map<String, Number>> used) {
        gauge("tsdb.memory.limit.bytes", "For all parts together (memory).", () -> limitBytes);
        family(
                "tsdb_memory_reserved_bytes",
                "part",
                "Of that, for each part; series and indexes may have some of the block cache's.",
                reserved);
        family("tsdb_memory_used_bytes", "part", "What each part takes now, about.", used);
    }

    private static Map<String, Long> asText(Map<Integer, Long> counts) {
        var named = new TreeMap<String, Long>();
        counts.forEach((number, count) -> named.put(number.toString(), count));
        return named;
    }

    private static Map<String, Number> numbers(Map<String, Long> counts) {
        return new TreeMap<>(counts);
    }

    private void log(Store store) {
        store.log()
                .syncDurations()
                .ifPresent(
                        syncs ->
                                histogram(
                                        "tsdb_log_sync_duration_seconds",
                                        "How long syncs of the log took.",
                                        syncs));
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
        histogram(
                "tsdb_flush_duration_seconds",
                "How long it took to write a head as parts.",
                store.partStatistics().flushDurations());
        histogram(
                "tsdb_compaction_duration_seconds",
                "How long it took to merge parts.",
                store.partStatistics().compactionDurations());
        gauge("tsdb.part.bytes", "Bytes of parts.", () -> sum(store, NodeMetrics::partBytes));
        gauge("tsdb.shards", "Shards.", () -> store.shards().size());
        gauge("tsdb.databases", "Databases.", () -> store.catalog().databases().size());
        gauge("tsdb.series", "Series.", () -> sum(store, Shard::seriesCount));
        gauge(
                "tsdb.series.bytes",
                "Memory of series, about.",
                () -> sum(store, Shard::seriesBytes));
        gauge(
                "tsdb.latest.bytes",
                "Memory of the tables of newest rows.",
                () -> sum(store, Shard::latestBytes));
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
                "tsdb.flush.failures",
                "Flushes that failed, with all or with some measurements; they are tried again.",
                store,
                s -> s.partStatistics().flushFailureCount());
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
        gauge(
                "tsdb.compactions.running",
                "Compactions that read or write parts just now.",
                () -> store.partStatistics().compactionsUnderWay());
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
        gauge(
                "tsdb.part.index.bytes",
                "Memory of the indexes of parts, about.",
                () -> store.cache().indexBytes());
        gauge(
                "tsdb.cache.limit.bytes",
                "For blocks and indexes of parts.",
                () -> store.cache().budgetBytes());
        counter("tsdb.cache.hits", "Blocks found in the cache.", store, s -> s.cache().hitCount());
        counter("tsdb.cache.misses", "Blocks read from parts.", store, s -> s.cache().missCount());
        gauge("tsdb.disk.low", "1: writes are refused, no room.", () -> store.diskLow() ? 1 : 0);
    }

    private static double partBytes(Shard shard) {
        return shard.parts().stream().mapToLong(part -> part.summary().sizeBytes()).sum();
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
        describe(name + MetricFamily.COUNTER_SUFFIX, "counter", "", what);
        FunctionCounter.builder(name, source, value).description(what).register(registry);
    }

    void gauge(String name, String what, Supplier<Number> value) {
        describe(name, "gauge", "", what);
        Gauge.builder(name, value).description(what).strongReference(true).register(registry);
    }

    /// Metrics of one name that a label tells apart; a counter's name ends in `_total`.
    void family(String name, String label, String what, Supplier<Map<String, Number>> values) {
        boolean counts = name.endsWith(MetricFamily.COUNTER_SUFFIX);
        describe(name, counts ? "counter" : "gauge", label, what);
        registry.getPrometheusRegistry().register(new MetricFamily<>(name, what, label, values));
    }

    void histograms(
            String name,
            String label,
            String what,
            Supplier<Map<String, DurationHistogram>> values) {
        describe(name, "histogram", label, what);
        registry.getPrometheusRegistry().register(new MetricFamily<>(name, what, label, values));
    }

    private void histogram(String name, String what, DurationHistogram histogram) {
        histograms(name, "", what, () -> Map.of("", histogram));
    }

    private void describe(String name, String type, String label, String what) {
        described.add(new Described(name.replace('.', '_'), type, label, what));
    }

    /// What there is of this program's own, by name.
    public List<Described> described() {
        return described.stream().sorted(Comparator.comparing(Described::name)).toList();
    }

    /// Everything as it is now.
    public MetricSnapshots snapshots() {
        return registry.getPrometheusRegistry().scrape();
    }

    /// The text of `/metrics`.
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
