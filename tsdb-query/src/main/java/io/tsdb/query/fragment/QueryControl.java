package io.tsdb.query.fragment;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// What may stop a running query: its caller, its time, its groups, its memory. Any thread; looked
/// at once per block.
public final class QueryControl {
    private final QueryCancellation cancellation;
    private final InstantSource clock;
    private final Instant deadline;
    private final Duration timeout;
    private final int groupsMax;
    private final long memoryBytesMax;
    private volatile boolean isStopped;

    /// The time limit counts from now on.
    ///
    /// @param groupsMax most groups of an aggregation
    /// @param memoryBytesMax most memory for groups and for rows held back, in each place that
    ///   holds some
    public QueryControl(
            QueryCancellation cancellation,
            InstantSource clock,
            Duration timeout,
            int groupsMax,
            long memoryBytesMax) {
        this(
                cancellation,
                clock,
                clock.instant().plus(timeout),
                timeout,
                groupsMax,
                memoryBytesMax);
    }

    private QueryControl(
            QueryCancellation cancellation,
            InstantSource clock,
            Instant deadline,
            Duration timeout,
            int groupsMax,
            long memoryBytesMax) {
        this.cancellation = cancellation;
        this.clock = clock;
        this.deadline = deadline;
        this.timeout = timeout;
        this.groupsMax = groupsMax;
        this.memoryBytesMax = memoryBytesMax;
    }

    /// A control with the same limits that can be stopped by itself.
    public QueryControl forFragment() {
        return new QueryControl(cancellation, clock, deadline, timeout, groupsMax, memoryBytesMax);
    }

    /// Nobody wants the outcome any more: the next [#check()] throws.
    public void stop() {
        isStopped = true;
    }

    /// @throws QueryException `cancelled` or `timeout`
    public void check() {
        if (isStopped || cancellation.isCancelled()) {
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query was cancelled");
        }
        if (clock.instant().isAfter(deadline)) {
            throw new QueryException(
                    QueryErrorCode.TIMEOUT,
                    Position.NONE,
                    "the query ran longer than its limit of "
                            + timeout.toMillis()
                            + " ms; narrow the time range or raise the limit");
        }
    }

    /// Time until the limit, not negative.
    public Duration remaining() {
        Duration left = Duration.between(clock.instant(), deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /// @throws QueryException `limit_exceeded` when there are more groups than may be
    public void checkGroups(int count) {
        if (count > groupsMax) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "the query has more than "
                            + groupsMax
                            + " groups; group by fewer columns or wider buckets");
        }
    }

    /// @throws QueryException `limit_exceeded` when more memory is held than may be
    public void checkMemory(long bytes) {
        if (bytes > memoryBytesMax) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "the query holds back more than its limit of "
                            + memoryBytesMax
                            + " bytes to sort or group; narrow the time range or add LIMIT");
        }
    }
}
