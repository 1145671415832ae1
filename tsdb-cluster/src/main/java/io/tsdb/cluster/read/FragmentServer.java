package io.tsdb.cluster.read;

import io.tsdb.cluster.rpc.FragmentAnswers;
import io.tsdb.cluster.rpc.FragmentCall;
import io.tsdb.cluster.rpc.FragmentService;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.wire.WireException;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Runs fragments at this node's shards for queries of other nodes. Any thread.
public final class FragmentServer implements FragmentService, AutoCloseable {
    private final LocalShards shards;
    private final Executor executor;
    private final Ticker ticker;
    private final MemoryBudget budget;
    private final long memoryBytesMax;

    /// Ends what nobody takes any more when the time of its query is up.
    private final ScheduledThreadPoolExecutor ends =
            new ScheduledThreadPoolExecutor(
                    1, work -> Thread.ofPlatform().name("fragment-ends").daemon().unstarted(work));

    /// @param executor runs the fragments; threads of its own, since nobody else helps
    /// @param ticker monotonic clock
    /// @param budget of this node: fragments of other nodes' queries draw on it, too
    /// @param memoryBytesMax most memory of one fragment
    public FragmentServer(
            LocalShards shards,
            Executor executor,
            Ticker ticker,
            MemoryBudget budget,
            long memoryBytesMax) {
        this.shards = shards;
        this.executor = executor;
        this.ticker = ticker;
        this.budget = budget;
        this.memoryBytesMax = memoryBytesMax;
        ends.setRemoveOnCancelPolicy(true);
    }

    @Override
    public FragmentCall begin(int number, byte[] bytes, FragmentAnswers answers) {
        ShardRequest request;
        try {
            request = ShardRequest.of(bytes);
        } catch (WireException | IllegalArgumentException e) {
            answers.refused(
                    new ShardRefusal(
                                    ShardRefusal.INTERNAL,
                                    0,
                                    0,
                                    "this node cannot read the request: " + e.getMessage())
                            .toBytes());
            return FragmentCall.ENDED;
        }
        var shard = shards.shard(number);
        if (shard.isEmpty()) {
            answers.refused(
                    ShardRefusal.of(QueryErrorCode.UNAVAILABLE, "has no replica of shard " + number)
                            .toBytes());
            return FragmentCall.ENDED;
        }
        var fragment =
                new ServedFragment(this, number, shard.orElseThrow(), request, answers, executor);
        fragment.endsWith(
                ends.schedule(
                        fragment::cancel, request.timeLeft().toNanos(), TimeUnit.NANOSECONDS));
        passed(number, request).whenComplete((_, failure) -> fragment.passed(failure));
        return fragment;
    }

    private CompletableFuture<Void> passed(int number, ShardRequest request) {
        return request.consistency() == Consistency.EVENTUAL
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.allOf(
                        shards.caughtUp(List.of(number, NodeLog.CATALOG))
                                .values()
                                .toArray(CompletableFuture[]::new));
    }

    LocalShards shards() {
        return shards;
    }

    Ticker ticker() {
        return ticker;
    }

    MemoryBudget budget() {
        return budget;
    }

    long memoryBytesMax() {
        return memoryBytesMax;
    }

    @Override
    public void close() {
        ends.shutdownNow();
    }
}
