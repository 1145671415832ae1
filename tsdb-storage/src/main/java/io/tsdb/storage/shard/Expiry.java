package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.PartitionPlan;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Rows that are older than their retention go: parts in which nothing is younger at once, the rest
/// when it is merged. Scans do not see them before either.
///
/// What goes is decided by a time that is believed ([ConfirmedTime]); of replicas also by that of
/// the newest cut, since what they merge at a cut must not depend on what one of them has removed
/// by its own clock. One thread at a time.
final class Expiry {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private final Catalog catalog;
    private final ConfirmedTime time;
    private final PartStatistics statistics;
    private volatile long nowNanos = Long.MIN_VALUE;

    Expiry(Catalog catalog, ConfirmedTime time, PartStatistics statistics) {
        this.catalog = catalog;
        this.time = time;
        this.statistics = statistics;
    }

    /// Looks at the clock, and removes the parts that have expired.
    synchronized void run(List<Shard> shards) {
        try {
            OptionalLong now = time.nanos();
            if (now.isEmpty()) {
                return;
            }
            nowNanos = now.getAsLong();
            for (Shard shard : shards) {
                for (MeasurementId owner : shard.partSet().owners()) {
                    expire(shard, owner);
                }
                expireDamaged(shard);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("expired parts could not be removed; it will be tried again", e);
        }
    }

    private void expire(Shard shard, MeasurementId owner) throws IOException {
        long oldest = oldest(shard, owner);
        PartSet parts = shard.partSet();
        List<Part> expired =
                parts.of(owner).stream().filter(part -> part.maxTime() < oldest).toList();
        if (expired.isEmpty()) {
            return;
        }
        long rows = expired.stream().mapToLong(Part::rowCount).sum();
        if (parts.replace(expired, List.of(), parts.tombstonesOf(owner))) {
            statistics.expiredRows.add(rows);
            LOG.info(
                    "{} parts with {} rows of {} in shard {} have expired and were removed",
                    expired.size(),
                    rows,
                    owner,
                    shard.id());
        }
    }

    /// Parts that cannot be opened: the manifest says when their rows are.
    private void expireDamaged(Shard shard) throws IOException {
        PartSet parts = shard.partSet();
        List<PartSummary> expired =
                parts.damages().parts().keySet().stream()
                        .filter(part -> part.maxTime() < oldest(shard, part.id().measurement()))
                        .toList();
        Set<PartId> ids = expired.stream().map(PartSummary::id).collect(Collectors.toSet());
        if (ids.isEmpty() || !parts.exchange(ids, List.of(), List.of())) {
            return;
        }
        for (PartSummary part : expired) {
            statistics.expiredRows.add(part.rowCount());
            parts.shrunk(part.id().measurement());
            LOG.info(
                    "part {} of shard {}, which was damaged, has expired and was removed",
                    part.id(),
                    shard.id());
        }
    }

    private long oldest(Shard shard, MeasurementId owner) {
        long cutNanos = TimeUnit.SECONDS.toNanos(shard.partSet().cutSeconds());
        return oldest(owner, shard.isReplicated() ? Math.min(nowNanos, cutNanos) : nowNanos);
    }

    /// The oldest time of a measurement that is kept; rows before it may be left out of what is
    /// written.
    long oldest(MeasurementId owner) {
        return oldest(owner, nowNanos);
    }

    /// The same at some time of day, nanoseconds since 1970.
    long oldest(MeasurementId owner, long nowNanos) {
        MeasurementSchema schema = catalog.measurement(owner.database(), owner.measurement());
        return schema == null || nowNanos == Long.MIN_VALUE
                ? Long.MIN_VALUE
                : schema.retention().oldest(nowNanos);
    }

    /// Whether at least half of a part's time, and a day, has expired: worth being written anew.
    static boolean isHalfExpired(PartSummary part, long oldest) {
        return part.minTime() < oldest
                && oldest - part.minTime() >= PartitionPlan.DAY_NANOS
                && oldest - part.minTime() >= part.maxTime() - oldest;
    }
}
