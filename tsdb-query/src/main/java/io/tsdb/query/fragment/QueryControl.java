package io.tsdb.query.fragment;

import io.tsdb.query.budget.ComputeTime;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// What may stop a running query: its caller, its time, its groups; and the memory that it draws
/// on. Any thread; looked at once per block.
public final class QueryControl {
    /// How often a query begins anew after it lost a replica.
    private static final int LOSSES_MAX = 2;

    private final QueryCancellation cancellation;
    private final Ticker ticker;
    private final long deadlineNanos;
    private final Duration timeout;
    private final int groupsMax;
    private final MemoryBudget budget;
    private final long memoryBytes;
    private final QueryMemory memory;
    private final @Nullable FragmentProfile profile;
    private final Consistency consistency;
    private final ComputeTime computeTime;
    private final AtomicBoolean avoidsOwnReplicas;
    private final AtomicInteger losses;
    private volatile boolean isStopped;

    /// Lets the query in; its time limit counts from now on, and includes the wait for memory.
    ///
    /// @param groupsMax most groups of an aggregation
    /// @param budget of the node
    /// @param memoryBytes that the query holds from the start
    /// @param memoryBytesMax most memory that it may hold
    /// @param consistency what the shards' snapshots hold at least
    /// @throws QueryException when there is no room for the query
    public QueryControl(
            QueryCancellation cancellation,
            Ticker ticker,
            Duration timeout,
            int groupsMax,
            MemoryBudget budget,
            long memoryBytes,
            long memoryBytesMax,
            Consistency consistency) {
        this.consistency = consistency;
        this.cancellation = cancellation;
        this.ticker = ticker;
        this.deadlineNanos = ticker.nanos() + timeout.toNanos();
        this.timeout = timeout;
        this.groupsMax = groupsMax;
        this.budget = budget;
        this.memoryBytes = memoryBytes;
        this.profile = null;
        this.computeTime = new ComputeTime();
        this.avoidsOwnReplicas = new AtomicBoolean();
        this.losses = new AtomicInteger();
        this.memory = budget.admit(memoryBytes, 0, memoryBytesMax, this::check);
    }

    private QueryControl(
            QueryControl query, @Nullable QueryMemory memory, @Nullable FragmentProfile profile) {
        this.profile = profile;
        this.consistency = query.consistency;
        this.cancellation = query.cancellation;
        this.ticker = query.ticker;
        this.deadlineNanos = query.deadlineNanos;
        this.timeout = query.timeout;
        this.groupsMax = query.groupsMax;
        this.budget = query.budget;
        this.memoryBytes = query.memoryBytes;
        this.computeTime = query.computeTime;
        this.avoidsOwnReplicas = query.avoidsOwnReplicas;
        this.losses = query.losses;
        this.memory = memory == null ? query.memory : memory;
    }

    /// A control with the same limits that can be stopped by itself.
    public QueryControl forFragment() {
        return new QueryControl(this, null, profile);
    }

    /// A control for a fragment of which is asked what it does.
    public QueryControl profiled(FragmentProfile counted) {
        return new QueryControl(this, null, counted);
    }

    /// What measures the query's time.
    public Ticker ticker() {
        return ticker;
    }

    /// Where the shards say what they do; null when nobody asks.
    public @Nullable FragmentProfile profile() {
        return profile;
    }

    /// Waits until there is twice the memory that the query held when it had to give up; closes
    /// what it held. Its time goes on to count.
    ///
    /// @return the control of the query's next try
    /// @throws QueryException `memory_busy` when that did not come about
    public QueryControl again() {
        memory.close();
        long wanted = Math.min(2 * memory.heldBytesMax(), memory.bytesMax());
        return new QueryControl(
                this, budget.admit(memoryBytes, wanted, memory.bytesMax(), this::check), profile);
    }

    /// Nobody wants the outcome any more: the next [#check()] throws.
    public void stop() {
        isStopped = true;
    }

    /// A replica at this node is damaged, and others may be: the query's next try asks elsewhere.
    public void avoidOwnReplicas() {
        avoidsOwnReplicas.set(true);
    }

    public boolean avoidsOwnReplicas() {
        return avoidsOwnReplicas.get();
    }

    /// Whether a query that lost a replica, and has answered nothing yet, begins anew.
    public boolean beginsAnew() {
        return losses.incrementAndGet() <= LOSSES_MAX;
    }

    /// The calling thread computes at the shards from now on, until [#endWork].
    public void beginWork() {
        budget.turns().begin(computeTime);
    }

    /// Looked at once per block by threads that compute at the shards, and hold no lock: a query
    /// that has computed for long waits for its turn.
    ///
    /// @throws QueryException `cancelled` or `timeout`
    public void nextBlock() {
        check();
        budget.turns().goOn(this::check);
    }

    /// The calling thread does something else.
    public void endWork() {
        budget.turns().end();
    }

    /// @throws QueryException `cancelled` or `timeout`
    public void check() {
        if (isStopped || cancellation.isCancelled()) {
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query was cancelled");
        }
        if (ticker.nanos() - deadlineNanos > 0) {
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
        return Duration.ofNanos(Math.max(0, deadlineNanos - ticker.nanos()));
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

    /// @throws QueryException `limit_exceeded` when filled gaps make more rows than there may be
    ///   groups
    public void checkFilled(long buckets, long groups) {
        if (buckets > groupsMax || buckets * groups > groupsMax) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    buckets
                            + " buckets for each of "
                            + groups
                            + " groups are more rows than the "
                            + groupsMax
                            + " that filling gaps may make; take wider buckets, a shorter range of"
                            + " time or fewer groups");
        }
    }

    public Consistency consistency() {
        return consistency;
    }

    /// Most groups of an aggregation.
    public int groupsMax() {
        return groupsMax;
    }

    /// What the query holds; whoever made the control closes it when the query's last thread is
    /// done.
    public QueryMemory memory() {
        return memory;
    }
}
