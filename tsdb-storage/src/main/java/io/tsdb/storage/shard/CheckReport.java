package io.tsdb.storage.shard;

import java.util.List;

/// What a check of a data directory found.
///
/// @param findings in the order in which they were found
/// @param partCount parts that were read to the last byte, damaged ones included
/// @param totalBytes of their files
/// @param entryCount entries of the logs that are not in parts yet
public record CheckReport(
        List<Finding> findings, long partCount, long totalBytes, long entryCount) {
    /// What became of something that was found.
    public enum Fate {
        /// It is damaged, and stays so.
        DAMAGED,
        /// It was damaged, and is whole again; nothing was lost.
        REPAIRED,
        /// It was damaged, and was moved aside with the rows that it had; the rest is whole.
        GIVEN_UP,
        /// Nothing is wrong, but it may be of interest.
        NOTE
    }

    /// @param text names the file, what is wrong, and what can be done
    public record Finding(Fate fate, String text) {}

    /// Whether nothing is damaged any more.
    public boolean isWhole() {
        return findings.stream().noneMatch(finding -> finding.fate() == Fate.DAMAGED);
    }
}
