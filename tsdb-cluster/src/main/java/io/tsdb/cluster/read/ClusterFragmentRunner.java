package io.tsdb.cluster.read;

import io.tsdb.cluster.rpc.FragmentAnswers;
import io.tsdb.cluster.rpc.FragmentCall;
import io.tsdb.cluster.rpc.FragmentPort;
import io.tsdb.cluster.rpc.FragmentService;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/// Runs fragments at one replica of each shard: at this node's own where it has one that is whole
/// and keeps up, at other nodes' otherwise. Any thread.
public final class ClusterFragmentRunner implements FragmentRunner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFragmentRunner.class);

    /// Of the statement that a thread works for.
    public static final ScopedValue<ReadPoint> READ_POINT = ScopedValue.newInstance();

    private final ShardMap map;
    private final LocalShards local;
    private final FragmentPort port;
    private final FragmentService self;
    private final Executor executor;
    private final Ticker ticker;

    /// Until a replica has taken its snapshot: a matter of a round trip, whatever is asked.
    private final ReplicaTimes begins =
            new ReplicaTimes(3, Duration.ofMillis(20), Duration.ofMillis(500));

    /// Until its first rows, for which it has to work.
    private final ReplicaTimes answers =
            new ReplicaTimes(4, Duration.ofMillis(500), Duration.ofSeconds(5));

    private final LongAdder remoteCount = new LongAdder();
    private final LongAdder hedgeCount = new LongAdder();
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(
                    1,
                    work -> Thread.ofPlatform().name("fragment-hedges").daemon().unstarted(work));

    /// @param port to other nodes
    /// @param self runs what others would, here: the last resort for a shard
    /// @param executor works on this node's shards; about as many threads as cores serve best
    /// @param ticker monotonic clock
    public ClusterFragmentRunner(
            ShardMap map,
            LocalShards local,
            FragmentPort port,
            FragmentService self,
            Executor executor,
            Ticker ticker) {
        this.map = map;
        this.local = local;
        this.port = port;
        this.self = self;
        this.executor = executor;
        this.ticker = ticker;
        timers.setRemoveOnCancelPolicy(true);
    }

    /// Asks for the barriers of the catalog and all shards of this node, for a statement that comes
    /// now. Fragments that are begun while [#READ_POINT] is bound to it use them.
    public ReadPoint begin() {
        var asked = new ArrayList<Integer>();
        asked.add(NodeLog.CATALOG);
        for (int shard = 0; shard < map.shardCount(); shard++) {
            if (map.isHere(shard) && local.shard(shard).isPresent()) {
                asked.add(shard);
            }
        }
        return new ReadPoint(local.caughtUp(asked));
    }

    /// Done when this node's replica has what was acknowledged before the statement came.
    private CompletableFuture<Void> passed(int shard) {
        ReadPoint point = READ_POINT.isBound() ? READ_POINT.get() : null;
        CompletableFuture<Void> asked = point == null ? null : point.passed().get(shard);
        return asked == null || asked.isCompletedExceptionally()
                ? Objects.requireNonNull(local.caughtUp(List.of(shard)).get(shard))
                : asked;
    }

    @Override
    public PartialResults run(Fragment fragment, QueryControl control) {
        var results = new ClusterResults(this, fragment, control, local.catalogIndex());
        boolean started = false;
        try {
            start(results, fragment, control);
            started = true;
            return results;
        } finally {
            if (!started) {
                results.close();
            }
        }
    }

    private void start(ClusterResults results, Fragment fragment, QueryControl control) {
        boolean isStrong = control.consistency() == Consistency.STRONG;
        Map<Integer, CompletableFuture<Void>> here = new LinkedHashMap<>();
        for (int shard = 0; shard < map.shardCount(); shard++) {
            if (map.isHere(shard)
                    && local.shard(shard).isPresent()
                    && !local.isDamaged(shard)
                    && !control.avoidsOwnReplicas()) {
                here.put(shard, isStrong ? passed(shard) : CompletableFuture.completedFuture(null));
            } else {
                results.askFor(shard, candidates(shard));
            }
        }
        var own = new ArrayList<NumberedShard>();
        long began = nanoTime();
        long deadline = began + begins.patience().toNanos();
        here.forEach(
                (shard, passed) -> {
                    if (hasPassed(passed, deadline)) {
                        begins.add(nanoTime() - began);
                        own.add(new NumberedShard(shard, local.shard(shard).orElseThrow()));
                    } else {
                        results.askFor(shard, candidates(shard));
                    }
                });
        if (!own.isEmpty()) {
            var work = new LocalResults(fragment, own, control, executor);
            results.workOn(work, own.stream().map(NumberedShard::number).toList());
            work.start();
        }
    }

    /// Whether this replica keeps up; one that has to wait leaves it to who asks others as well.
    private boolean hasPassed(CompletableFuture<Void> passed, long deadline) {
        try {
            passed.get(Math.max(0, deadline - nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            LOG.debug("this replica does not keep up", e);
            return false;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query's thread was interrupted");
        }
    }

    /// Other nodes first: the leader, which knows by itself what was acknowledged; last who failed
    /// lately; and this node at the end.
    private List<Member> candidates(int shard) {
        Member leader = map.leader(shard).orElse(null);
        Member mine = map.self();
        var all = new ArrayList<>(map.replicas(shard));
        all.sort(
                Comparator.comparing((Member one) -> one.equals(mine))
                        .thenComparing(one -> port.isSuspect(one.id()))
                        .thenComparing(one -> !one.equals(leader)));
        return all;
    }

    boolean hasOtherReplicas(List<Integer> shards) {
        return shards.stream().allMatch(shard -> map.replicas(shard).size() > 1);
    }

    void damaged(List<Integer> shards) {
        shards.stream().filter(local::isDamaged).forEach(local::damaged);
    }

    FragmentCall ask(Member member, int shard, byte[] request, FragmentAnswers told) {
        if (member.equals(map.self())) {
            return self.begin(shard, request, told);
        }
        remoteCount.increment();
        return port.run(member.id(), shard, request, told);
    }

    Future<?> later(Runnable work, Duration patience) {
        try {
            return timers.schedule(work, patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: no other replica is asked", e);
            return CompletableFuture.completedFuture(null);
        }
    }

    long nanoTime() {
        return ticker.nanos();
    }

    ReplicaTimes begins() {
        return begins;
    }

    ReplicaTimes answers() {
        return answers;
    }

    void hedged() {
        hedgeCount.increment();
    }

    /// Fragments that other nodes were asked to run.
    public long remoteCount() {
        return remoteCount.sum();
    }

    /// How often another replica was asked, since one let wait.
    public long hedgeCount() {
        return hedgeCount.sum();
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
