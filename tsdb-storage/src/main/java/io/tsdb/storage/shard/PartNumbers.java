package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartSummary;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Numbers of parts that replicas write alike: a number is in the file, so they must come to the
/// same one, whatever else each of them does meanwhile. It says at which entry of the log the head
/// was cut, and which part of a measurement it is there; numbers that are given one after the other
/// ([PartSet#takeSequence]) stay below.
///
/// See `docs/format/manifest.md#numbers`.
final class PartNumbers {
    private static final long BASE = 1L << 50;
    private static final int ORDINAL_BITS = 20;

    /// At a cut what was flushed comes first, then what was merged.
    private static final int MERGED_FROM = 1 << ORDINAL_BITS - 1;

    private final Map<MeasurementId, Long> newest = new HashMap<>();

    /// Of the n-th part of a measurement in a flush.
    static long flushed(long logIndex, int ordinal) {
        if (ordinal >= MERGED_FROM) {
            throw new IllegalStateException("BUG: part " + ordinal + " of one flush");
        }
        return at(logIndex) + ordinal;
    }

    private static long at(long logIndex) {
        return BASE + (logIndex << ORDINAL_BITS);
    }

    /// Whether a number was given one after the other.
    static boolean isCounted(long sequence) {
        return sequence < BASE;
    }

    /// Of the next part of a measurement that is merged at a cut. One thread.
    ///
    /// @param known parts that there are
    long merged(MeasurementId owner, long logIndex, Collection<PartSummary> known) {
        long from = at(logIndex) + MERGED_FROM;
        long end = at(logIndex + 1);
        long next = Math.max(from, newest.getOrDefault(owner, 0L) + 1);
        for (PartSummary part : known) {
            long number = part.id().sequence();
            if (part.id().measurement().equals(owner) && number < end) {
                next = Math.max(next, number + 1);
            }
        }
        newest.put(owner, next);
        return next;
    }
}
