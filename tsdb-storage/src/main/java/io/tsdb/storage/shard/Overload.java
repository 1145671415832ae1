package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Set;
import java.util.function.LongSupplier;

/// Whether a shard has so much to take in, or in memory, that it takes no more batches now. Any
/// thread.
final class Overload {
    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);
    private static final int LOG_TICKS = 10;

    /// Rows that cannot be flushed may take one part in so many of the memory for recent data.
    private static final int HELD_BACK_SHARE = 4;

    private final int shard;
    private final ShardConfig config;
    private final WriterQueue queue;
    private final FlushQueue flushes;
    private final LongSupplier headBytes;

    /// Times that [#watch] has seen it in a row; only there.
    private int ticks;

    /// @param headBytes of the head that takes in rows now
    Overload(
            int shard,
            ShardConfig config,
            WriterQueue queue,
            FlushQueue flushes,
            LongSupplier headBytes) {
        this.shard = shard;
        this.config = config;
        this.queue = queue;
        this.flushes = flushes;
        this.headBytes = headBytes;
    }

    /// Bytes of recent data in memory, heads that wait for their flush included.
    long memoryBytes() {
        return headBytes.getAsLong() + flushes.bytes();
    }

    /// Whether there is more in memory than may be.
    boolean isOverMemory() {
        return memoryBytes() > config.headBytesMax();
    }

    boolean isNow() {
        return queue.points() > config.queuedPointsMax() || isOverMemory();
    }

    /// Whether a batch has rows of a measurement that cannot be flushed, and of which so much lies
    /// in memory that more would take the room of others.
    boolean holdsBack(PointBatch batch) {
        Set<MeasurementId> held = flushes.heldBack();
        if (held.isEmpty() || flushes.heldBackBytes() < config.headBytesMax() / HELD_BACK_SHARE) {
            return false;
        }
        return batch.measurements().stream()
                .filter(rows -> rows.rowCount() > 0)
                .anyMatch(rows -> held.contains(new MeasurementId(batch.number(), rows.number())));
    }

    /// Says in the log, now and then, that writes are refused, and when they are taken again. Once
    /// a second.
    void watch() {
        if (isNow()) {
            if (ticks++ % LOG_TICKS == 0) {
                LOG.warn("{}", text());
            }
        } else if (ticks > 0) {
            LOG.info("shard {} takes writes again", shard);
            ticks = 0;
        }
    }

    /// What is too much.
    String text() {
        return isOverMemory()
                ? "shard %d refuses writes: its flush is behind, with %d MiB of %d MiB in memory"
                        .formatted(shard, memoryBytes() >> 20, config.headBytesMax() >> 20)
                : "shard %d refuses writes: %d points wait to be taken in"
                        .formatted(shard, queue.points());
    }
}
