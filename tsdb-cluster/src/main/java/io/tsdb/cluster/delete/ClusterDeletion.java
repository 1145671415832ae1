package io.tsdb.cluster.delete;

import io.tsdb.cluster.read.ShardRefusal;
import io.tsdb.cluster.rpc.DeletePort;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.query.exec.RowDeletion;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.shard.Shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/// Deletes rows at one replica of each shard, one shard after the other: at this node's own where
/// it has one, at the leader's node otherwise, and at another's when that does not answer. Any
/// thread.
///
/// A member that fell silent may have deleted before it did; what another one then does again
/// deletes the rest. Its count does not hold what the first one took away.
public final class ClusterDeletion implements RowDeletion {
    /// How soon it is seen that nobody wants the outcome any more.
    private static final long LOOK_MILLIS = 20;

    private final ShardMap map;
    private final IntFunction<Optional<Shard>> here;
    private final LongSupplier catalogIndex;
    private final DeletePort port;

    /// @param here the shards of which this node keeps a replica
    /// @param catalogIndex up to where the catalog is applied here
    /// @param port to other members
    public ClusterDeletion(
            ShardMap map,
            IntFunction<Optional<Shard>> here,
            LongSupplier catalogIndex,
            DeletePort port) {
        this.map = map;
        this.here = here;
        this.catalogIndex = catalogIndex;
        this.port = port;
    }

    @Override
    public long delete(ScanSpec rows, QueryControl control) {
        long deleted = 0;
        for (int number = 0; number < map.shardCount(); number++) {
            try {
                deleted += delete(number, rows, control);
            } catch (QueryException e) {
                if (deleted == 0) {
                    throw e;
                }
                throw new QueryException(
                        e.code(),
                        new Position(e.line(), e.column()),
                        "%s; %d rows were deleted at shards before %d"
                                .formatted(e.text(), deleted, number));
            }
        }
        return deleted;
    }

    private long delete(int number, ScanSpec rows, QueryControl control) {
        Optional<Shard> own = here.apply(number);
        if (own.isEmpty() || own.get().isDamaged() && !candidates(number).isEmpty()) {
            return elsewhere(number, rows, control);
        }
        try {
            return ShardDeletion.delete(rows, own.get(), control);
        } catch (IOException e) {
            throw unavailable(number, String.valueOf(e.getMessage()));
        }
    }

    private long elsewhere(int number, ScanSpec rows, QueryControl control) {
        var failures = new ArrayList<String>();
        for (Member member : candidates(number)) {
            control.check();
            var request = new DeleteRequest(control.remaining(), catalogIndex.getAsLong(), rows);
            try {
                byte[] answer = await(port.delete(member.id(), number, request.toBytes()), control);
                switch (DeleteAnswer.of(answer)) {
                    case DeleteAnswer.Deleted(long count) -> {
                        return count;
                    }
                    case DeleteAnswer.Refused(ShardRefusal why) -> {
                        if (!why.isOfThatReplica()) {
                            throw why.toException("shard " + number + " at " + member.data());
                        }
                        failures.add(member.data() + ": " + why.text());
                    }
                }
            } catch (IOException | IllegalArgumentException e) {
                failures.add(member.data() + ": " + e.getMessage());
            }
        }
        throw unavailable(
                number,
                failures.isEmpty() ? "no other member keeps it" : String.join("; ", failures));
    }

    /// The leader first, last who failed lately.
    private List<Member> candidates(int number) {
        Member leader = map.leader(number).orElse(null);
        var all = new ArrayList<>(map.replicas(number));
        all.removeIf(one -> one.equals(map.self()));
        all.sort(
                Comparator.comparing((Member one) -> port.isSuspect(one.id()))
                        .thenComparing(one -> !one.equals(leader)));
        return all;
    }

    private static byte[] await(CompletableFuture<byte[]> answer, QueryControl control)
            throws IOException {
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                control.check();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new IOException(String.valueOf(cause.getMessage()), e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new QueryException(
                        QueryErrorCode.CANCELLED,
                        Position.NONE,
                        "the statement's thread was interrupted");
            }
        }
    }

    private static QueryException unavailable(int number, String why) {
        return new QueryException(
                QueryErrorCode.UNAVAILABLE,
                Position.NONE,
                "rows of shard %d were not deleted, or not all: %s; the statement can be repeated"
                        .formatted(number, why));
    }
}
