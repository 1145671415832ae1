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

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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

    /// How long statements do not read ahead once it was for nothing.
    private static final long WAITS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

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

    /// By log: where it stood when the statement before came.
    private final Map<Integer, Long> seen = new ConcurrentHashMap<>();

    private volatile long waitsUntil;
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
        this.waitsUntil = ticker.nanos();
        timers.setRemoveOnCancelPolicy(true);
    }

    /// Asks for the barriers of the catalog and all shards of this node, for a statement that comes
    /// now. Fragments that are begun while [#READ_POINT] is bound to it use them.
    ReadPoint begin() {
        var asked = new ArrayList<Integer>();
        asked.add(NodeLog.CATALOG);
        for (int shard = 0; shard < map.shardCount(); shard++) {
            if (map.isHere(shard) && local.shard(shard).isPresent()) {
                asked.add(shard);
            }
        }
        boolean isQuiet = nanoTime() - waitsUntil >= 0;
        for (int log : asked) {
            long applied = local.applied(log);
            Long before = seen.put(log, applied);
            isQuiet &= applied >= 0 && before != null && before == applied;
        }
        return new ReadPoint(isQuiet ? askedElsewhere(asked) : local.caughtUp(asked), isQuiet);
    }

    /// The barriers of logs, asked for by a thread of its own: to ask takes some of the time of a
    /// small query (`PERFORMANCE.md`), which need not wait for that.
    private Map<Integer, CompletableFuture<Long>> askedElsewhere(List<Integer> logs) {
        var promised = new HashMap<Integer, CompletableFuture<Long>>();
        logs.forEach(log -> promised.put(log, new CompletableFuture<>()));
        Thread.ofVirtual()
                .name("barriers")
                .start(
                        () -> {
                            try {
                                local.caughtUp(logs)
                                        .forEach(
                                                (log, asked) ->
                                                        relay(
                                                                asked,
                                                                Objects.requireNonNull(
                                                                        promised.get(log))));
                            } catch (RuntimeException | Error e) {
                                promised.values().forEach(one -> one.completeExceptionally(e));
                            }
                        });
        return promised;
    }

    private static void relay(CompletableFuture<Long> from, CompletableFuture<Long> to) {
        from.whenComplete(
                (entry, failure) -> {
                    if (failure == null) {
                        to.complete(entry);
                    } else {
                        to.completeExceptionally(failure);
                    }
                });
    }

    /// Has the catalog read ahead of its barrier.
    ///
    /// @return false when it cannot be
    boolean readsCatalog(ReadPoint point) {
        return point.read(NodeLog.CATALOG, local.applied(NodeLog.CATALOG));
    }

    /// Whether what was read ahead had everything. After one that had not, statements wait for a
    /// while.
    boolean held(ReadPoint point) {
        boolean held;
        try {
            held = point.held(begins.patience());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
        if (!held) {
            waitsUntil = nanoTime() + WAITS_NANOS;
        }
        return held;
    }

    /// Done when this node's replica has what was acknowledged before the statement came.
    private CompletableFuture<Long> passed(int shard) {
        ReadPoint point = READ_POINT.isBound() ? READ_POINT.get() : null;
        CompletableFuture<Long> asked = point == null ? null : point.passed().get(shard);
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
        List<Integer> here = new ArrayList<>();
        for (int shard = 0; shard < map.shardCount(); shard++) {
            if (map.isHere(shard)
                    && local.shard(shard).isPresent()
                    && !local.isDamaged(shard)
                    && !control.avoidsOwnReplicas()) {
                here.add(shard);
            } else {
                results.askFor(shard, candidates(shard));
            }
        }
        if (here.isEmpty()) {
            return;
        }
        LocalResults work = ahead(here, fragment, control);
        if (work == null) {
            work = behindBarriers(here, results, fragment, control);
        }
        if (work != null) {
            results.workOn(work);
            work.start();
        }
    }

    /// Work that does not wait for what the barriers of its shards say.
    ///
    /// @return null when it has to wait
    private @Nullable LocalResults ahead(
            List<Integer> here, Fragment fragment, QueryControl control) {
        ReadPoint point = READ_POINT.isBound() ? READ_POINT.get() : null;
        if (point == null || !point.isAhead() || control.consistency() == Consistency.EVENTUAL) {
            return null;
        }
        long[] applied = here.stream().mapToLong(local::applied).toArray();
        var work = new LocalResults(fragment, numbered(here), control, executor);
        for (int i = 0; i < applied.length; i++) {
            // a replica that has begun anew meanwhile is another one
            boolean isSame = local.applied(here.get(i)) >= applied[i];
            if (!isSame || !point.read(here.get(i), applied[i])) {
                work.close();
                return null;
            }
        }
        return work;
    }

    private List<NumberedShard> numbered(List<Integer> shards) {
        return shards.stream()
                .map(shard -> new NumberedShard(shard, local.shard(shard).orElseThrow()))
                .toList();
    }

    /// Work at the shards whose barriers are passed soon. Others are asked for those that are not.
    private @Nullable LocalResults behindBarriers(
            List<Integer> here, ClusterResults results, Fragment fragment, QueryControl control) {
        boolean isStrong = control.consistency() == Consistency.STRONG;
        Map<Integer, CompletableFuture<Long>> waited = new LinkedHashMap<>();
        if (isStrong) {
            here.forEach(shard -> waited.put(shard, passed(shard)));
        }
        var own = new ArrayList<Integer>(isStrong ? List.of() : here);
        long began = nanoTime();
        long deadline = began + begins.patience().toNanos();
        waited.forEach(
                (shard, passed) -> {
                    if (hasPassed(passed, deadline)) {
                        begins.add(nanoTime() - began);
                        own.add(shard);
                    } else {
                        results.askFor(shard, candidates(shard));
                    }
                });
        return own.isEmpty() ? null : new LocalResults(fragment, numbered(own), control, executor);
    }

    /// Whether this replica keeps up; one that has to wait leaves it to who asks others as well.
    private boolean hasPassed(CompletableFuture<Long> passed, long deadline) {
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
            throw interrupted();
        }
    }

    private static QueryException interrupted() {
        return new QueryException(
                QueryErrorCode.CANCELLED, Position.NONE, "the query's thread was interrupted");
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
