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

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Deletes rows at this node's shards for statements of other nodes, on two threads of its own:
/// they wait for flushes. Any thread.
public final class DeleteServer implements DeleteService, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteServer.class);
    private static final int THREADS = 2;

    /// What a delete holds from the start.
    private static final long START_BYTES = 64 << 10;

    private final Store store;
    private final Ticker ticker;
    private final MemoryBudget budget;
    private final long memoryBytesMax;
    private final ExecutorService executor =
            Executors.newFixedThreadPool(
                    THREADS,
                    work -> Thread.ofPlatform().name("served-delete").daemon().unstarted(work));

    /// @param ticker monotonic clock
    /// @param budget of this node: deletes of other nodes' statements draw on it, too
    /// @param memoryBytesMax most memory of one delete
    public DeleteServer(Store store, Ticker ticker, MemoryBudget budget, long memoryBytesMax) {
        this.store = store;
        this.ticker = ticker;
        this.budget = budget;
        this.memoryBytesMax = memoryBytesMax;
    }

    @Override
    public byte[] delete(int shard, byte[] bytes) throws IOException {
        DeleteRequest request;
        try {
            request = DeleteRequest.of(bytes);
        } catch (WireException | IllegalArgumentException e) {
            throw new IOException("this node cannot read the request: " + e.getMessage(), e);
        }
        return answer(shard, request).toBytes();
    }

    private DeleteAnswer answer(int number, DeleteRequest request) throws IOException {
        Optional<Shard> shard = store.shard(number);
        if (shard.isEmpty()) {
            return refused(QueryErrorCode.UNAVAILABLE, "has no replica of shard " + number);
        }
        long deadline = ticker.nanos() + request.timeLeft().toNanos();
        Callable<DeleteAnswer> work = () -> delete(shard.orElseThrow(), request, deadline);
        try {
            return executor.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QueryException refusal) {
                return new DeleteAnswer.Refused(ShardRefusal.of(refusal));
            }
            LOG.warn("a delete of another node at shard {} failed", number, e.getCause());
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (RejectedExecutionException | CancellationException e) {
            throw new IOException("the node stops", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the node stops", e);
        }
    }

    private DeleteAnswer delete(Shard shard, DeleteRequest request, long deadline)
            throws IOException, InterruptedException {
        try {
            store.caughtUp(NodeLog.CATALOG)
                    .get(Math.max(0, deadline - ticker.nanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return refused(
                    QueryErrorCode.UNAVAILABLE,
                    "cannot say which measurements there are: "
                            + (e.getCause() == null ? "no majority in time" : e.getCause()));
        }
        long applied = store.catalog().appliedIndex();
        if (applied < request.catalogIndex()) {
            return refused(
                    QueryErrorCode.UNAVAILABLE,
                    "has the catalog up to entry %d, the statement needs it up to %d"
                            .formatted(applied, request.catalogIndex()));
        }
        long left = Math.max(0, deadline - ticker.nanos());
        var control =
                new QueryControl(
                        new QueryCancellation(),
                        ticker,
                        Duration.ofNanos(left),
                        1,
                        budget,
                        START_BYTES,
                        memoryBytesMax,
                        Consistency.STRONG);
        try {
            return new DeleteAnswer.Deleted(ShardDeletion.delete(request.rows(), shard, control));
        } finally {
            control.memory().close();
        }
    }

    private static DeleteAnswer refused(QueryErrorCode code, String why) {
        return new DeleteAnswer.Refused(ShardRefusal.of(code, why));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
