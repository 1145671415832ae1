package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.compaction.CompactionPlan;
import io.tsdb.storage.compaction.CompactionPlanner;
import io.tsdb.storage.compaction.PartMerge;
import io.tsdb.storage.compaction.PartitionPlan;
import io.tsdb.storage.compaction.SharePace;
import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Compactions of one shard, one at a time: plans, merges, and has the set replace the parts.
/// Beside writes, flushes and scans; nobody waits for it. One thread at a time.
final class Compactor {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

    /// A measurement whose compaction failed is left alone for so long.
    private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final FileStore io;
    private final Path directory;
    private final PartSet parts;
    private final SeriesRegistry registry;
    private final Catalog catalog;
    private final BlockCache cache;
    private final PartConfig partConfig;
    private final CompactionConfig config;
    private final PartStatistics statistics;
    private final Expiry expiry;
    private final InstantSource clock;
    private final Ticker ticker;
    private final Map<MeasurementId, Long> failedAtNanos = new HashMap<>();
    private final PartNumbers numbers = new PartNumbers();
    private volatile boolean stopped;

    Compactor(
            FileStore io,
            Path directory,
            PartSet parts,
            SeriesRegistry registry,
            Catalog catalog,
            BlockCache cache,
            PartConfig partConfig,
            CompactionConfig config,
            PartStatistics statistics,
            Expiry expiry,
            InstantSource clock,
            Ticker ticker) {
        this.io = io;
        this.directory = directory;
        this.parts = parts;
        this.registry = registry;
        this.catalog = catalog;
        this.cache = cache;
        this.partConfig = partConfig;
        this.config = config;
        this.statistics = statistics;
        this.expiry = expiry;
        this.clock = clock;
        this.ticker = ticker;
    }

    /// Ends a compaction that is under way, and all that would follow.
    void stop() {
        stopped = true;
    }

    /// What is looked at when it is decided what to merge.
    ///
    /// @param logIndex parts and deletes of later entries are left alone
    /// @param seconds time of day
    /// @param oldest of each measurement, rows before it go
    private record View(long logIndex, long seconds, ToLongFunction<MeasurementId> oldest) {
        boolean has(PartSummary part) {
            return part.origin().lastIndex() <= logIndex;
        }

        boolean isOfReplicas() {
            return logIndex < Long.MAX_VALUE;
        }
    }

    private View now() {
        return new View(Long.MAX_VALUE, clock.instant().getEpochSecond(), expiry::oldest);
    }

    /// As every replica sees it at an entry that cut the head.
    private View at(long logIndex, long seconds) {
        return new View(
                logIndex, seconds, owner -> expiry.oldest(owner, seconds * NANOS_PER_SECOND));
    }

    /// Merges until nothing is due. What fails is logged, counted, and tried again later.
    synchronized void run() {
        run(now());
    }

    /// Merges what is due at an entry that cut the head, as every replica does: what was merged
    /// depends on the log alone, so they come to the same parts. What fails is made good when all
    /// parts of a time become one.
    synchronized void runAt(long logIndex, long seconds) {
        run(at(logIndex, seconds));
        if (!stopped) {
            parts.mergedTo(logIndex);
        }
    }

    /// Whether a cut now would have something merged, or removed since it has expired.
    synchronized boolean isDue() {
        View view = now();
        return parts.owners().stream()
                .filter(owner -> !rests(owner))
                .anyMatch(
                        owner ->
                                plan(owner, parts.tombstonesOf(owner), view).isPresent()
                                        || kept(owner, view).count() < parts.of(owner).size());
    }

    /// Parts of which some row has not expired. One that is left out goes by itself, when it does
    /// ([Expiry]): what is merged does not depend on whether it has gone already.
    private Stream<Part> kept(MeasurementId owner, View view) {
        long oldest = view.oldest().applyAsLong(owner);
        return parts.of(owner).stream()
                .filter(part -> view.has(part.summary()) && part.maxTime() >= oldest);
    }

    private boolean rests(MeasurementId owner) {
        Long failedAt = failedAtNanos.get(owner);
        return failedAt != null && ticker.nanos() - failedAt < RETRY_NANOS
                || parts.damages().lackOf(owner);
    }

    private void run(View view) {
        for (MeasurementId owner : parts.owners()) {
            if (rests(owner)) {
                continue;
            }
            try {
                while (!stopped && compact(owner, view)) {
                    failedAtNanos.remove(owner);
                }
            } catch (IOException | RuntimeException e) {
                if (!stopped) {
                    failedAtNanos.put(owner, ticker.nanos());
                    statistics.compactionFailures.increment();
                    LOG.error(
                            "compaction of {} in {} failed and will be tried again; its parts stay",
                            owner,
                            directory,
                            e);
                }
            }
        }
    }

    private Optional<CompactionPlan> plan(
            MeasurementId owner, List<Tombstone> tombstones, View view) {
        return CompactionPlanner.plan(
                kept(owner, view).map(Part::summary).toList(),
                purgeable(owner, tombstones, view),
                view.seconds(),
                config);
    }

    /// Does the next compaction of a measurement.
    ///
    /// @return false when none is due
    private boolean compact(MeasurementId owner, View view) throws IOException {
        List<Tombstone> tombstones =
                parts.tombstonesOf(owner).stream()
                        .filter(one -> one.index() <= view.logIndex())
                        .toList();
        Optional<CompactionPlan> plan = plan(owner, tombstones, view);
        if (plan.isEmpty()) {
            return false;
        }
        List<Part> inputs = retain(owner, plan.get());
        if (inputs.size() < plan.get().inputs().size()) {
            inputs.forEach(Part::release);
            return true; // one was dropped meanwhile: plan anew
        }
        statistics.compactionsUnderWay.increment();
        try {
            return merge(owner, inputs, tombstones, plan.get(), view);
        } finally {
            statistics.compactionsUnderWay.decrement();
            inputs.forEach(Part::release);
        }
    }

    private List<PartSummary> purgeable(
            MeasurementId owner, List<Tombstone> tombstones, View view) {
        long before = view.seconds() - config.quiet().toSeconds();
        List<Tombstone> old =
                tombstones.stream().filter(one -> one.writtenSeconds() <= before).toList();
        long oldest = view.oldest().applyAsLong(owner);
        return kept(owner, view)
                .filter(
                        part ->
                                Expiry.isHalfExpired(part.summary(), oldest)
                                        || old.stream().anyMatch(one -> one.concerns(part)))
                .map(Part::summary)
                .toList();
    }

    private List<Part> retain(MeasurementId owner, CompactionPlan plan) {
        var byId = new HashMap<PartId, Part>();
        parts.of(owner).forEach(part -> byId.put(part.id(), part));
        var retained = new ArrayList<Part>();
        for (PartSummary summary : plan.inputs()) {
            Part part = byId.get(summary.id());
            if (part != null && part.tryRetain()) {
                retained.add(part);
            }
        }
        return retained;
    }

    /// @return false when the parts could not be replaced just now
    private boolean merge(
            MeasurementId owner,
            List<Part> inputs,
            List<Tombstone> tombstones,
            CompactionPlan plan,
            View view)
            throws IOException {
        MeasurementSchema schema = catalog.measurement(owner.database(), owner.measurement());
        if (schema == null) {
            throw new IOException("the measurement was dropped meanwhile");
        }
        var pace = SharePace.parking(ticker, config.coreShare(), () -> stopped);
        var merge =
                new PartMerge(
                        io,
                        directory,
                        partConfig,
                        registry::key,
                        () -> numberOf(owner, view),
                        pace);
        List<Tombstone> concerning =
                tombstones.stream()
                        .filter(one -> plan.inputs().stream().anyMatch(one::concerns))
                        .toList();
        List<PartitionPlan.Span> spans =
                PartitionPlan.from(plan.outputs(), view.oldest().applyAsLong(owner));
        long began = ticker.nanos();
        var event = new CompactionEvent();
        event.begin();
        List<PartMerge.Written> written = merge.run(inputs, schema, spans, concerning);
        var outputs = new ArrayList<Part>();
        boolean handedOver = false;
        try {
            for (PartMerge.Written one : written) {
                outputs.add(open(one, schema));
            }
            handedOver = true;
            boolean replaced = parts.replace(inputs, outputs, concerning);
            if (replaced) {
                statistics.compactions.increment();
                written.forEach(one -> statistics.compactedBytes.add(one.summary().sizeBytes()));
            } else {
                delete(written);
            }
            statistics.compactionDurations.record(ticker.nanos() - began);
            say(event, owner, plan, written, replaced);
            return replaced;
        } finally {
            if (!handedOver) {
                outputs.forEach(Part::release);
                delete(written);
            }
        }
    }

    private long numberOf(MeasurementId owner, View view) {
        return view.isOfReplicas()
                ? numbers.merged(owner, view.logIndex(), parts.named().parts())
                : parts.takeSequence();
    }

    private void say(
            CompactionEvent event,
            MeasurementId owner,
            CompactionPlan plan,
            List<PartMerge.Written> written,
            boolean replaced) {
        if (event.shouldCommit()) {
            event.shard = directory.toString();
            event.measurement = owner.toString();
            event.inputs = plan.inputs().size();
            event.inputBytes = plan.inputBytes();
            event.outputs = written.size();
            event.outputBytes = written.stream().mapToLong(one -> one.summary().sizeBytes()).sum();
            event.replaced = replaced;
            event.commit();
        }
    }

    private Part open(PartMerge.Written written, MeasurementSchema schema) throws IOException {
        int[] ids = written.seriesIds();
        int[] at = {0};
        return Part.open(io, directory, written.summary(), schema, _ -> ids[at[0]++], cache);
    }

    private void delete(List<PartMerge.Written> written) {
        written.forEach(one -> parts.deleteFiles(one.summary().id()));
    }
}
