package io.tsdb.query.exec;

import java.time.Duration;

/// Limits of one query; passing one is an error that names it.
///
/// @param resultRows most rows of an answer
/// @param groups most groups of an aggregation, at each shard and after the merge
/// @param memoryBytes most memory that the query may hold
/// @param timeout from [QueryEngine#execute] to the last batch
public record QueryLimits(long resultRows, int groups, long memoryBytes, Duration timeout) {
    /// 100 million rows, 10 million groups, 512 MiB, 60 s.
    public static final QueryLimits DEFAULT =
            new QueryLimits(100_000_000L, 10_000_000, 512L << 20, Duration.ofSeconds(60));

    /// Leaves everything to the limits of the node.
    public static final QueryLimits NONE =
            new QueryLimits(
                    Long.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Long.MAX_VALUE,
                    Duration.ofNanos(Long.MAX_VALUE));

    public QueryLimits {
        if (resultRows < 1 || groups < 1 || memoryBytes < 1 || !timeout.isPositive()) {
            throw new IllegalArgumentException(
                    "query limits must be positive: resultRows="
                            + resultRows
                            + ", groups="
                            + groups
                            + ", memoryBytes="
                            + memoryBytes
                            + ", timeout="
                            + timeout);
        }
    }

    /// The narrower one of each.
    QueryLimits within(QueryLimits most) {
        return new QueryLimits(
                Math.min(resultRows, most.resultRows),
                Math.min(groups, most.groups),
                Math.min(memoryBytes, most.memoryBytes),
                timeout.compareTo(most.timeout) < 0 ? timeout : most.timeout);
    }
}
