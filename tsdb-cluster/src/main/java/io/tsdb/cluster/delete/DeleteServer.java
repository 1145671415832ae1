package io.tsdb.cluster.delete;

import io.tsdb.cluster.read.ShardRefusal;
import io.tsdb.cluster.rpc.DeleteService;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.wire.WireException;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/// Deletes rows at this node's shards for statements of other nodes, on two threads of its own:
/// they wait for flushes, and compute, which no virtual thread of the data port may. Any thread.
public final class DeleteServer implements DeleteService, AutoCloseable {
    private static final int THREADS = 2;

    /// What a delete holds from the start.
    private static final long START_BYTES = 64 << 10;

    /// How soon it is seen that nobody waits any more.
    private static final long LOOK_MILLIS = 20;

    private final Store store;
    private final IntFunction<Optional<Shard>> here;
    private final Ticker ticker;
    private final MemoryBudget budget;
    private final long memoryBytesMax;
    private final ExecutorService executor =
            Executors.newFixedThreadPool(
                    THREADS,
                    work -> Thread.ofPlatform().name("served-delete").daemon().unstarted(work));

    /// @param here the shards of which this node keeps a replica
    /// @param ticker monotonic clock
    /// @param budget of this node: deletes of other nodes' statements draw on it, too
    /// @param memoryBytesMax most memory of one delete
    public DeleteServer(
            Store store,
            IntFunction<Optional<Shard>> here,
            Ticker ticker,
            MemoryBudget budget,
            long memoryBytesMax) {
        this.store = store;
        this.here = here;
        this.ticker = ticker;
        this.budget = budget;
        this.memoryBytesMax = memoryBytesMax;
    }

    @Override
    public byte[] delete(int shard, byte[] bytes, BooleanSupplier isWanted) throws IOException {
        DeleteRequest request;
        try {
            request = DeleteRequest.of(bytes);
        } catch (WireException | IllegalArgumentException e) {
            throw new IOException("this node cannot read the request: " + e.getMessage(), e);
        }
        return answer(shard, request, isWanted).toBytes();
    }

    private DeleteAnswer answer(int shard, DeleteRequest request, BooleanSupplier isWanted)
            throws IOException {
        long deadline = ticker.nanos() + request.timeLeft().toNanos();
        var cancellation = new QueryCancellation();
        Callable<DeleteAnswer> work = () -> delete(shard, request, deadline, cancellation);
        try {
            return awaited(executor.submit(work), cancellation, isWanted);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QueryException refusal) {
                return new DeleteAnswer.Refused(ShardRefusal.of(refusal));
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (RejectedExecutionException | CancellationException e) {
            throw new IOException("the node stops", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the node stops", e);
        }
    }

    /// Who asked may have turned to another replica, and written again since: no later delete then.
    private static DeleteAnswer awaited(
            Future<DeleteAnswer> work, QueryCancellation cancellation, BooleanSupplier isWanted)
            throws ExecutionException, InterruptedException {
        while (true) {
            if (!isWanted.getAsBoolean()) {
                cancellation.cancel();
            }
            try {
                return work.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                // looked at again
            }
        }
    }

    private DeleteAnswer delete(
            int number, DeleteRequest request, long deadline, QueryCancellation cancellation)
            throws IOException, InterruptedException {
        try {
            store.caughtUp(NodeLog.CATALOG)
                    .get(Math.max(0, deadline - ticker.nanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return refused(
                    "cannot say which measurements there are: "
                            + (e.getCause() == null ? "no majority in time" : e.getCause()));
        }
        long applied = store.catalog().appliedIndex();
        if (applied < request.catalogIndex()) {
            return refused(
                    "has the catalog up to entry %d, the statement needs it up to %d"
                            .formatted(applied, request.catalogIndex()));
        }
        Optional<Shard> shard = here.apply(number);
        if (shard.isEmpty()) {
            return refused("has no replica of shard " + number);
        }
        var control =
                new QueryControl(
                        cancellation,
                        ticker,
                        Duration.ofNanos(Math.max(0, deadline - ticker.nanos())),
                        1,
                        budget,
                        START_BYTES,
                        memoryBytesMax,
                        Consistency.STRONG);
        try {
            return new DeleteAnswer.Deleted(
                    ShardDeletion.delete(request.rows(), shard.get(), control));
        } finally {
            control.memory().close();
        }
    }

    private static DeleteAnswer refused(String why) {
        return new DeleteAnswer.Refused(ShardRefusal.of(QueryErrorCode.UNAVAILABLE, why));
    }

    @Override
    public void close() {
        for (Runnable queued : executor.shutdownNow()) {
            ((Future<?>) queued).cancel(false); // who waits for it is told
        }
    }
}
