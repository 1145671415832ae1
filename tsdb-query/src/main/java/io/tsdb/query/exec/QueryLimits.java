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
}
