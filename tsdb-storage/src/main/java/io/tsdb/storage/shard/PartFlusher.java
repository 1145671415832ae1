package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockSlice;
import io.tsdb.storage.block.BlockSource;
import io.tsdb.storage.block.Overlap;
import io.tsdb.storage.block.Piece;
import io.tsdb.storage.block.SeriesMerge;
import io.tsdb.storage.compaction.PartitionPlan;
import io.tsdb.storage.compaction.TombstoneMask;
import io.tsdb.storage.head.Head;
import io.tsdb.storage.head.Sealer;
import io.tsdb.storage.head.SeriesRows;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.part.PartWriter;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Writes what a head held as parts, and adds them to the shard's set. One flush of a shard at a
/// time.
final class PartFlusher {
    private static final long RETRY_SECONDS = 5;

    /// What is to be flushed.
    ///
    /// @param head takes in nothing any more
    /// @param firstIndex oldest entry that may be in it
    /// @param logIndex newest entry that may be in it
    /// @param seriesMark state of the series log at that entry
    record Cut(Head head, long firstIndex, long logIndex, long seriesMark) {}

    private record SeriesBlocks(int id, SeriesKey key, List<Block> blocks) {}

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
    private final ScheduledExecutorService executor;
    private volatile boolean abandoned;

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
            ScheduledExecutorService executor) {
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
        this.executor = executor;
    }

    /// Opens every part of the manifest.
    void openParts() throws IOException {
        parts.openParts(this::open, registry::hasEnded);
    }

    /// @return null when the measurement has ended; the shard's own log may not have come to it
    private @Nullable Part open(PartSummary summary) throws IOException {
        MeasurementId measurement = summary.id().measurement();
        MeasurementSchema schema =
                catalog.measurement(measurement.database(), measurement.measurement());
        return schema == null
                ? null
                : Part.open(
                        io,
                        directory,
                        summary,
                        schema,
                        key -> registry.resolve(measurement, key),
                        cache);
    }

    long nowSeconds() {
        return clock.instant().getEpochSecond();
    }

    void execute(Runnable flush) {
        executor.execute(flush);
    }

    void executeLater(Runnable flush) {
        executor.schedule(flush, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    /// Lets a flush that is under way fail soon: the node stops and must not wait for it.
    void abandon() {
        abandoned = true;
    }

    private void checkAbandoned() throws IOException {
        if (abandoned) {
            throw new IOException("the flush took too long for a stop");
        }
    }

    /// Writes the parts and the manifest; durable when it returns. What a failed one wrote does not
    /// count and is cleaned up at the next start.
    ///
    /// @param publication runs what it is given at the moment when readers are to see the parts in
    ///   place of the head
    void write(Cut cut, Consumer<Runnable> publication) throws IOException {
        var opened = new ArrayList<Part>();
        boolean handedOver = false;
        try {
            write(cut, opened);
            opened.forEach(part -> statistics.flushedBytes.add(part.summary().sizeBytes()));
            // a manifest never names parts with fields that the saved catalog lacks
            catalogFile.save();
            handedOver = true;
            parts.add(opened, new PartSet.Position(cut.logIndex(), cut.seriesMark()), publication);
        } finally {
            if (!handedOver) {
                opened.forEach(Part::release);
            }
        }
    }

    private void write(Cut cut, List<Part> opened) throws IOException {
        registry.sync();
        long written = nowSeconds();
        var origin = new PartOrigin(cut.firstIndex(), cut.logIndex(), cut.logIndex(), written);
        for (MeasurementSchema schema : cut.head().measurements()) {
            if (registry.hasEnded(schema.id())) {
                continue;
            }
            List<SeriesBlocks> series = blocks(cut.head(), schema);
            // not from the registry: ids are given by the shard's writer only
            var ids = new HashMap<SeriesKey, Integer>();
            series.forEach(one -> ids.put(one.key(), one.id()));
            for (PartitionPlan.Span span : PartitionPlan.plan(all(series))) {
                var id = new PartId(schema.id(), span.date(), parts.takeSequence());
                var blocks = new ArrayList<Block>();
                PartSummary summary = writePart(id, origin, schema, series, span, blocks);
                Part part = Part.open(io, directory, summary, schema, ids::get, cache);
                opened.add(part);
                for (int block = 0; block < blocks.size(); block++) {
                    part.seedCache(block, blocks.get(block));
                }
            }
        }
    }

    private static Iterable<Block> all(List<SeriesBlocks> series) {
        return () -> series.stream().flatMap(one -> one.blocks().stream()).iterator();
    }

    /// Series of a measurement in key order, each with its blocks in time order, none overlapping
    /// another.
    private List<SeriesBlocks> blocks(Head head, MeasurementSchema schema) throws IOException {
        var merge = new SeriesMerge();
        var sealer = new Sealer();
        var mask = new TombstoneMask();
        var result = new ArrayList<SeriesBlocks>();
        for (int id : head.seriesOf(schema)) {
            checkAbandoned();
            @Nullable SeriesRows[] rows = {head.capture(id)};
            var capture =
                    new ScanCapture(
                            new int[] {id},
                            Collections.singletonList(rows),
                            PartSet.Acquired.NOTHING);
            var blocks = new ArrayList<Block>();
            List<RowSource> sources = capture.sources(0, TimeRange.ALL, sealer, mask);
            for (Piece piece : merge.arrange(sources)) {
                switch (piece) {
                    case BlockSource source -> blocks.add(source.block());
                    case Overlap overlap -> blocks.addAll(merge.merge(overlap));
                }
            }
            if (!blocks.isEmpty()) {
                result.add(new SeriesBlocks(id, registry.key(id), blocks));
            }
        }
        result.sort((a, b) -> Arrays.compareUnsigned(a.key().bytes(), b.key().bytes()));
        return result;
    }

    private PartSummary writePart(
            PartId id,
            PartOrigin origin,
            MeasurementSchema schema,
            List<SeriesBlocks> series,
            PartitionPlan.Span span,
            List<Block> written)
            throws IOException {
        var slice = new BlockSlice();
        try (PartWriter writer = PartWriter.create(io, directory, id, origin, schema, config)) {
            for (SeriesBlocks one : series) {
                checkAbandoned();
                boolean begun = false;
                for (Block block : one.blocks()) {
                    if (block.maxTime() < span.fromNanos() || block.minTime() > span.lastNanos()) {
                        continue;
                    }
                    Block cut = slice.slice(block, span.fromNanos(), span.lastNanos()).orElse(null);
                    if (cut == null) {
                        continue;
                    }
                    if (!begun) {
                        writer.series(one.key(), one.id());
                        begun = true;
                    }
                    writer.block(cut);
                    written.add(cut);
                }
            }
            return writer.finish();
        }
    }
}
