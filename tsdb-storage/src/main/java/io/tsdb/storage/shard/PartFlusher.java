package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.compaction.PartitionPlan;
import io.tsdb.storage.head.Head;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartBatch;
import io.tsdb.storage.part.PartColumns;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartRepair;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.part.PartWriter;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Writes what a head held as parts, and adds them to the shard's set. One flush of a shard at a
/// time.
///
/// Measurement by measurement: one that cannot be flushed does not keep the others. Parts are made
/// durable and published in batches, so that thousands of small ones cost few waits, and the memory
/// of what is done is free before the rest is.
final class PartFlusher {
    private static final Logger LOG = LoggerFactory.getLogger(PartFlusher.class);
    private static final long RETRY_SECONDS = 5;

    /// A batch that is larger is closed; each of its parts has two files open until then.
    private static final int BATCH_PARTS_MAX = 256;

    private static final long BATCH_BYTES_MAX = 32 << 20;

    /// After so many failures, and no success, it is the disk and not a measurement.
    private static final int FAILURES_MAX = 8;

    /// What is to be flushed.
    ///
    /// @param head takes in nothing any more
    /// @param firstIndex oldest entry that may be in it
    /// @param logIndex newest entry that may be in it
    /// @param seriesMark state of the series log at that entry
    /// @param seconds time of day of the cut, the same on every replica; 0 for this machine's
    record Cut(Head head, long firstIndex, long logIndex, long seriesMark, long seconds) {}

    /// What came of a try to flush a head.
    ///
    /// @param failed measurements that could not be flushed, and why
    record Outcome(Map<MeasurementId, Exception> failed) {}

    /// Told of each batch of parts that is durable.
    interface Publication {
        /// @param written measurements whose rows of the head are all in parts now
        /// @param parts to be run at the moment when readers are to see the parts in place of the
        ///   head
        void publish(Set<MeasurementId> written, Runnable parts);
    }

    /// The node stops and does not wait for the flush.
    private static final class AbandonedException extends IOException {
        private static final long serialVersionUID = 1L;

        AbandonedException() {
            super("the flush took too long for a stop");
        }
    }

    private final FileStore io;
    private final Path directory;
    private final PartSet parts;
    private final InstantSource clock;
    private final SeriesRegistry registry;
    private final Catalog catalog;
    private final CatalogFile catalogFile;
    private final BlockCache cache;
    private final PartConfig config;
    private final PartStatistics statistics;
    private final Ticker ticker;
    private final ScheduledExecutorService executor;
    private final Executor syncs;
    private final Set<Path> unsyncedDirectories = new LinkedHashSet<>();
    private volatile Consumer<Cut> flushed = _ -> {};
    private volatile boolean abandoned;

    /// @param executor runs flushes
    /// @param syncs runs waits for the disk
    PartFlusher(
            FileStore io,
            Path directory,
            PartSet parts,
            InstantSource clock,
            SeriesRegistry registry,
            Catalog catalog,
            CatalogFile catalogFile,
            BlockCache cache,
            PartConfig config,
            PartStatistics statistics,
            Ticker ticker,
            ScheduledExecutorService executor,
            Executor syncs) {
        this.io = io;
        this.directory = directory;
        this.parts = parts;
        this.clock = clock;
        this.registry = registry;
        this.catalog = catalog;
        this.catalogFile = catalogFile;
        this.cache = cache;
        this.config = config;
        this.statistics = statistics;
        this.ticker = ticker;
        this.executor = executor;
        this.syncs = syncs;
    }

    /// Opens every part of the manifest.
    void openParts() throws IOException {
        parts.openParts(this::open, this::reopen, registry::hasEnded);
    }

    /// @return null when the measurement has ended; the shard's own log may not have come to it
    private @Nullable Part open(PartSummary summary) throws IOException {
        MeasurementId measurement = summary.id().measurement();
        MeasurementSchema schema =
                catalog.measurement(measurement.database(), measurement.measurement());
        if (schema == null) {
            return null;
        }
        try {
            return open(summary, schema);
        } catch (CorruptDataException e) {
            PartRepair.rebuildIndex(io, directory, summary);
            LOG.warn("{}: made anew from the Parquet file", e.getMessage());
            return open(summary, schema);
        }
    }

    private Part open(PartSummary summary, MeasurementSchema schema) throws IOException {
        return Part.open(
                io, directory, summary, schema, key -> registry.resolve(schema.id(), key), cache);
    }

    /// Opens a part while the shard's writer gives ids to series: here none is given.
    private @Nullable Part reopen(PartSummary summary) throws IOException {
        MeasurementId id = summary.id().measurement();
        MeasurementSchema schema = catalog.measurement(id.database(), id.measurement());
        return schema == null || registry.hasEnded(id)
                ? null
                : Part.open(io, directory, summary, schema, key -> known(summary, key), cache);
    }

    private int known(PartSummary summary, SeriesKey key) {
        byte[] bytes = key.bytes();
        int known = registry.find(summary.id().measurement(), bytes, 0, bytes.length, key.hash());
        if (known < 0) {
            throw new CorruptDataException(
                    summary.id().parquetFile(directory).toString(),
                    0,
                    "has series " + key + ", which has no number here: start the node again");
        }
        return known;
    }

    /// A measurement in words.
    String describe(MeasurementId id) {
        MeasurementSchema schema = catalog.measurement(id.database(), id.measurement());
        return schema == null
                ? "measurement " + id
                : "measurement '%s' of database '%s' (%s)"
                        .formatted(schema.name(), schema.database(), id);
    }

    long nowSeconds() {
        return clock.instant().getEpochSecond();
    }

    /// Told of each head of which all is in parts now.
    void onFlushed(Consumer<Cut> told) {
        flushed = told;
    }

    void flushed(Cut cut) {
        flushed.accept(cut);
    }

    void execute(Runnable flush) {
        executor.execute(flush);
    }

    void executeLater(Runnable flush) {
        executor.schedule(flush, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    /// Counts a round of flushes that left something in memory which it should not have.
    void countFailure() {
        statistics.flushFailures.increment();
    }

    /// Lets a flush that is under way fail soon: the node stops and must not wait for it.
    void abandon() {
        abandoned = true;
    }

    private void checkAbandoned() throws AbandonedException {
        if (abandoned) {
            throw new AbandonedException();
        }
    }

    /// Writes the parts and the manifest; what was published is durable.
    ///
    /// @param heldBack measurements of which older heads still hold rows: theirs must come first
    /// @throws IOException when it is not one measurement that fails: what was not published is in
    ///   the head as before
    Outcome write(Cut cut, Set<MeasurementId> heldBack, Publication publication)
            throws IOException {
        var event = new FlushEvent();
        event.rows = cut.head().pointCount(); // what is published leaves the head
        event.headBytes = cut.head().bytes();
        event.begin();
        long began = ticker.nanos();
        registry.sync();
        var run = new Run(cut, heldBack, publication);
        try {
            run.all();
            return new Outcome(run.failed);
        } finally {
            run.batch.close();
            statistics.flushDurations.record(ticker.nanos() - began);
            if (event.shouldCommit()) {
                event.shard = directory.toString();
                event.logIndex = cut.logIndex();
                event.failedMeasurements = run.failed.size();
                event.commit();
            }
        }
    }

    /// One try to flush a head.
    private final class Run {
        private final Cut cut;
        private final Set<MeasurementId> heldBack;
        private final Publication publication;
        private final long writtenSeconds;
        private final HeadBlocks blocks;
        private final Map<MeasurementId, Exception> failed = new LinkedHashMap<>();
        private PartBatch batch = newBatch();
        private List<Written> pending = new ArrayList<>();
        private Set<MeasurementId> complete = new HashSet<>();
        private boolean anyPublished;

        Run(Cut cut, Set<MeasurementId> heldBack, Publication publication) {
            this.cut = cut;
            this.heldBack = heldBack;
            this.writtenSeconds = cut.seconds() > 0 ? cut.seconds() : nowSeconds();
            this.publication = publication;
            this.blocks = new HeadBlocks(cut.head(), registry);
        }

        private PartBatch newBatch() {
            return new PartBatch(io, syncs, unsyncedDirectories);
        }

        void all() throws IOException {
            var measurements = new ArrayList<>(cut.head().measurements());
            measurements.sort(Comparator.comparing(MeasurementSchema::id));
            for (MeasurementSchema schema : measurements) {
                if (!heldBack.contains(schema.id())) {
                    measurement(schema);
                }
                if (batch.partCount() >= BATCH_PARTS_MAX || batch.sizeBytes() >= BATCH_BYTES_MAX) {
                    publishBatch(false);
                }
            }
            publishBatch(true);
        }

        /// Writes the parts of a measurement; all of them are in one batch.
        private void measurement(MeasurementSchema schema) throws IOException {
            if (registry.hasEnded(schema.id())) {
                complete.add(schema.id());
                return;
            }
            int before = pending.size();
            try {
                List<HeadBlocks.OfSeries> series =
                        blocks.of(schema, PartFlusher.this::checkAbandoned);
                List<PartitionPlan.Span> spans = PartitionPlan.plan(HeadBlocks.all(series));
                List<SpanBlocks> sorted = SpanBlocks.of(series, spans);
                PartColumns columns = HeadBlocks.columns(schema, series);
                for (int i = 0; i < spans.size(); i++) {
                    Written part =
                            writePart(schema, columns, series, spans.get(i), sorted.get(i), i);
                    if (part != null) {
                        pending.add(part);
                    }
                }
                complete.add(schema.id());
            } catch (AbandonedException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                List<Written> begun = pending.subList(before, pending.size());
                for (Written one : begun) {
                    discard(one.summary().id(), e);
                }
                begun.clear();
                fail(schema.id(), e);
            }
        }

        private void fail(MeasurementId measurement, Exception cause) throws IOException {
            complete.remove(measurement);
            failed.putIfAbsent(measurement, cause);
            if (failed.size() >= FAILURES_MAX && complete.isEmpty() && !anyPublished) {
                throw new IOException(
                        failed.size()
                                + " measurements and not one less failed, the last: "
                                + cause.getMessage(),
                        cause);
            }
        }

        private void discard(PartId part, Exception cause) {
            try {
                batch.discard(part);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }

        /// @return null when no row lies in the span: a block may reach over it from both sides
        private @Nullable Written writePart(
                MeasurementSchema schema,
                PartColumns columns,
                List<HeadBlocks.OfSeries> series,
                PartitionPlan.Span span,
                SpanBlocks sorted,
                int ordinal)
                throws IOException {
            var slice = blocks.slice();
            var kept = new ArrayList<Block>();
            var ids = new HashMap<SeriesKey, Integer>();
            PartWriter writer = null;
            try {
                for (int at = 0; at < sorted.count(); at++) {
                    checkAbandoned();
                    HeadBlocks.OfSeries one = series.get(sorted.series(at));
                    for (Block block : sorted.blocks(at, series)) {
                        Block within =
                                slice.slice(block, span.fromNanos(), span.lastNanos()).orElse(null);
                        if (within == null) {
                            continue;
                        }
                        if (writer == null) {
                            writer = create(schema.id(), columns, span, ordinal);
                        }
                        // not from the registry: ids are given by the shard's writer only
                        if (ids.putIfAbsent(one.key(), one.id()) == null) {
                            writer.series(one.key(), one.id());
                        }
                        writer.block(within);
                        kept.add(within);
                    }
                }
                return writer == null
                        ? null
                        : new Written(writer.finishIn(batch), schema, ids, kept);
            } finally {
                if (writer != null) {
                    writer.close();
                }
            }
        }

        private PartWriter create(
                MeasurementId owner, PartColumns columns, PartitionPlan.Span span, int ordinal)
                throws IOException {
            long number =
                    cut.seconds() > 0
                            ? PartNumbers.flushed(cut.logIndex(), ordinal)
                            : parts.takeSequence();
            var id = new PartId(owner, span.date(), number);
            // rows up to the measurement's own position are in other parts
            long first = Math.max(cut.firstIndex(), parts.positions().of(owner) + 1);
            long last = cut.logIndex();
            var origin = new PartOrigin(Math.min(first, last), last, last, writtenSeconds);
            return PartWriter.create(io, directory, id, origin, columns, config);
        }

        /// Makes what was written durable, and has it published.
        ///
        /// @param last whether nothing follows: the positions of all others go on then, too
        private void publishBatch(boolean last) throws IOException {
            checkAbandoned();
            Map<PartId, IOException> unsynced = batch.commit();
            for (Map.Entry<PartId, IOException> one : unsynced.entrySet()) {
                fail(one.getKey().measurement(), one.getValue());
            }
            var opened = new ArrayList<Part>();
            boolean handedOver = false;
            try {
                openAll(opened);
                // a manifest never names parts with fields that the saved catalog lacks
                catalogFile.save();
                Set<MeasurementId> left = null;
                if (last) {
                    left = new HashSet<>(heldBack);
                    left.addAll(failed.keySet());
                }
                var progress =
                        new FlushProgress(
                                cut.logIndex(), cut.seconds(), cut.seriesMark(), complete, left);
                Set<MeasurementId> written = complete;
                handedOver = true;
                parts.add(opened, progress, come -> publication.publish(written, come));
                opened.forEach(part -> statistics.flushedBytes.add(part.summary().sizeBytes()));
                anyPublished |= !written.isEmpty();
            } finally {
                if (!handedOver) {
                    opened.forEach(Part::release);
                    pending.forEach(one -> parts.deleteFiles(one.summary().id()));
                }
            }
            batch = newBatch();
            pending = new ArrayList<>();
            complete = new HashSet<>();
        }

        /// Opens the parts of complete measurements, and deletes the files of others.
        private void openAll(List<Part> opened) throws IOException {
            for (Written one : pending) {
                MeasurementId owner = one.summary().id().measurement();
                if (complete.contains(owner)) {
                    try {
                        opened.add(one.open());
                    } catch (IOException | RuntimeException e) {
                        fail(owner, e);
                    }
                }
            }
            for (Written one : pending) {
                MeasurementId owner = one.summary().id().measurement();
                if (!complete.contains(owner)) {
                    parts.deleteFiles(one.summary().id());
                }
            }
            for (Part part : List.copyOf(opened)) {
                if (!complete.contains(part.id().measurement())) {
                    opened.remove(part);
                    part.release();
                }
            }
        }
    }

    /// A part whose files are written.
    private final class Written {
        private final PartSummary summary;
        private final MeasurementSchema schema;
        private final Map<SeriesKey, Integer> ids;
        private final List<Block> blocks;

        Written(
                PartSummary summary,
                MeasurementSchema schema,
                Map<SeriesKey, Integer> ids,
                List<Block> blocks) {
            this.summary = summary;
            this.schema = schema;
            this.ids = ids;
            this.blocks = blocks;
        }

        PartSummary summary() {
            return summary;
        }

        Part open() throws IOException {
            Part part = Part.open(io, directory, summary, schema, ids::get, cache);
            for (int block = 0; block < blocks.size(); block++) {
                part.seedCache(block, blocks.get(block));
            }
            return part;
        }
    }
}
