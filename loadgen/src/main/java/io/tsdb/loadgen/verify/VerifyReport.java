package io.tsdb.loadgen.verify;

import java.util.List;

/// What a check found.
///
/// @param acknowledged points that must be there
/// @param found of those
/// @param rows read
/// @param unanswered points found whose write got no answer: allowed
/// @param lost points that must be there and are not
/// @param invented rows that nobody sent, or that stand there twice
/// @param different points with a value or tag other than what was sent last
public record VerifyReport(
        long acknowledged,
        long found,
        long rows,
        long unanswered,
        long lost,
        long invented,
        long different,
        List<String> examples) {
    /// Whether the promise was kept.
    public boolean isKept() {
        return lost == 0 && invented == 0 && different == 0;
    }
}
