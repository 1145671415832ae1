package io.tsdb.storage.compaction;

import java.time.Duration;

/// When parts are merged.
///
/// @param tierParts so many parts of like size, written one after the other, are merged at once; at
///   least 2
/// @param quiet parts of a time span to which nothing was added for so long are merged into one
/// @param spanBytesMax up to this size parts of several days are put together
/// @param partBytesMax larger parts are not made
/// @param coreShare share of a core that merging takes at most, above 0 to 1
public record CompactionConfig(
        int tierParts, Duration quiet, long spanBytesMax, long partBytesMax, double coreShare) {
    public CompactionConfig {
        if (tierParts < 2 || spanBytesMax > partBytesMax || coreShare <= 0 || coreShare > 1) {
            throw new IllegalArgumentException(
                    "tiers of %d parts, %d bytes a span, %d a part, %f of a core"
                            .formatted(tierParts, spanBytesMax, partBytesMax, coreShare));
        }
    }

    /// Chosen by `CompactionPlannerTest`'s figures.
    public static CompactionConfig defaults() {
        return new CompactionConfig(8, Duration.ofHours(2), 64L << 20, 2L << 30, 0.5);
    }
}
