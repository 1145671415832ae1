package io.tsdb.cluster.node.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.Retention;
import io.tsdb.storage.shard.Store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Writes the node's own metrics to the database `_system`, again and again, by the path of all
/// writes.
///
/// It is bounded: one look is a few rows and one entry of the log for each shard, a look that
/// cannot be written (the disk is full, the log busy) is lost, and what it writes is in no counter
/// of writes. One thread of its own.
public final class SystemDatabase implements AutoCloseable {
    public static final String NAME = "_system";

    private static final Logger LOG = LoggerFactory.getLogger(SystemDatabase.class);

    private final Store store;
    private final PointSink sink;
    private final Supplier<ProtocolDecoder> decoders;
    private final Supplier<MetricSnapshots> metrics;
    private final MetricLines lines;
    private final Duration retention;
    private final InstantSource clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().daemon().name("own-metrics").unstarted(work));

    /// @param node tag of every row
    /// @param retention of the database, unless somebody has set another one
    public SystemDatabase(
            Store store,
            PointSink sink,
            Supplier<ProtocolDecoder> decoders,
            Supplier<MetricSnapshots> metrics,
            String node,
            Duration retention,
            InstantSource clock) {
        this.store = store;
        this.sink = sink;
        this.decoders = decoders;
        this.metrics = metrics;
        this.lines = new MetricLines(node);
        this.retention = retention;
        this.clock = clock;
    }

    /// Writes from now on, the first time after one interval.
    public void start(Duration interval) {
        long nanos = interval.toNanos();
        thread.scheduleWithFixedDelay(this::writeOrSay, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void writeOrSay() {
        try {
            write();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "the node's own metrics were not written, and will be again: {}", e.toString());
        }
    }

    /// Writes one look; returns when it was handed over.
    void write() throws IOException {
        if (store.diskLow()) {
            return;
        }
        makeDatabase();
        byte[] text = lines.of(metrics.get()).getBytes(StandardCharsets.UTF_8);
        try (ProtocolDecoder decoder = decoders.get()) {
            decoder.begin(NAME, Precision.NS, nowNanos(), DecodeLimits.DEFAULT);
            decoder.decode(text, 0, text.length);
            DecodeResult result = decoder.end();
            if (result.errorCount() > 0) {
                LOG.warn("BUG: own metrics refused: {}", result.errors().getFirst().message());
            }
            var done = new CompletableFuture<Void>();
            sink.write(result.points(), _ -> done.complete(null));
            done.join();
            result.release();
        }
    }

    /// Two entries of the catalog's log: whoever finds that the second never came (the node that
    /// made it has ended between them) adds it, or the rows would stay for ever. What somebody has
    /// said stays, `NONE` too, and so does a database of this name that has rows of others.
    private void makeDatabase() throws IOException {
        if (!store.catalog().hasDatabase(NAME)) {
            store.createDatabase(NAME);
        }
        DatabaseSchema made = store.catalog().database(NAME);
        if (made != null && made.retention().isInherited() && hasOwnRowsAlone()) {
            store.setRetention(NAME, Optional.empty(), new Retention(retention.toNanos()));
        }
    }

    private boolean hasOwnRowsAlone() {
        return store.catalog().measurements(NAME).values().stream()
                .allMatch(measurement -> measurement.hasTagKey(MetricLines.NODE_TAG));
    }

    private long nowNanos() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
