package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.raft.ClusterEvents;
import io.tsdb.cluster.raft.ReplicaMoves;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Move;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.shard.ShardMoves;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Does this node's part of every move, as the catalog says how far it is: copies what is to come
/// here, has the groups that it leads take members in and out, gives away what is to go, and drops
/// what has gone. Each look does what is due, and nothing depends on the looks before.
final class ReplicaMover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMover.class);

    private final String self;
    private final ClusterDocument document;
    private final ShardMoves shards;
    private final ReplicaMoves logs;
    private final ShardReceiver receiver;
    private final Sources sources;
    private final ClusterEvents events;
    private final IntConsumer changed;
    private final Ticker ticker;

    /// Queries that have begun may read a shard for so long after it has gone.
    private final long keptNanos;

    private final ExecutorService copies =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().name("replica-copies").daemon().unstarted(work));

    /// Shards that are copied now; and moves whose copy is here.
    private final Set<Integer> copying = ConcurrentHashMap.newKeySet();

    private final Set<Move> copied = ConcurrentHashMap.newKeySet();

    /// Changes of groups that are under way.
    private final Map<Integer, CompletableFuture<Void>> changes = new HashMap<>();

    /// Since when a shard that is here is not to be.
    private final Map<Integer, Long> goneSince = new HashMap<>();

    /// @param changed told of shards that are here now, or are no more
    ReplicaMover(
            String self,
            ClusterDocument document,
            ShardMoves shards,
            ReplicaMoves logs,
            ShardReceiver receiver,
            Sources sources,
            ClusterEvents events,
            IntConsumer changed,
            long keptNanos,
            Ticker ticker) {
        this.self = self;
        this.document = document;
        this.shards = shards;
        this.logs = logs;
        this.receiver = receiver;
        this.sources = sources;
        this.events = events;
        this.changed = changed;
        this.keptNanos = keptNanos;
        this.ticker = ticker;
    }

    /// Does what is due.
    ///
    /// @throws IOException when the catalog takes no change now
    void look() throws IOException {
        ClusterState state = document.state();
        for (Move move : state.moves()) {
            switch (move.step()) {
                case COPY -> copy(state, move);
                case ADD -> add(move);
                case LEAVE -> leave(state, move);
                case REMOVE -> {} // with the groups below
            }
        }
        for (int shard = 0; shard < state.placement().shardCount(); shard++) {
            group(state, shard);
            own(state, shard);
        }
    }

    private void copy(ClusterState state, Move move) throws IOException {
        if (!move.to().equals(self)) {
            return;
        }
        if (copied.contains(move)) {
            document.change(now -> now.done(move));
        } else if (!shards.isHere(move.shard()) && copying.add(move.shard())) {
            List<Member> keepers = keepers(state, move.shard());
            copies.execute(() -> copy(move, keepers));
        }
    }

    /// Those that can be asked, who should lead first.
    private static List<Member> keepers(ClusterState state, int shard) {
        return state.placement().replicas(shard).stream()
                .filter(id -> !state.isAway(id))
                .map(state.members()::member)
                .toList();
    }

    private void copy(Move move, List<Member> keepers) {
        try {
            for (Member keeper : keepers) {
                try (ControlConnection source = sources.open(keeper)) {
                    long bytes = receiver.receive(move.shard(), source);
                    changed.accept(move.shard());
                    copied.add(move);
                    events.add(
                            ClusterEvents.Kind.MOVE,
                            "%s: %d bytes were copied from %s".formatted(move, bytes, keeper.id()));
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("{}: it was not copied from {}: {}", move, keeper.id(), e.toString());
                    forget(move.shard());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            copying.remove(move.shard());
        }
    }

    /// What is there of a copy that failed.
    private void forget(int shard) {
        try {
            shards.drop(shard);
            changed.accept(shard);
        } catch (IOException | RuntimeException e) {
            LOG.warn("shard {}: what is left of a copy stays until the next one", shard, e);
        }
    }

    /// A replica that does not do, or that a start did not find complete, is copied again.
    private void add(Move move) throws IOException {
        if (move.to().equals(self)
                && (!shards.isHere(move.shard()) || logs.hasEnded(move.shard()))) {
            copied.removeIf(one -> one.shard() == move.shard());
            document.change(now -> now.again(move));
        }
    }

    private void leave(ClusterState state, Move move) throws IOException {
        boolean isMine = move.from().filter(self::equals).isPresent();
        if (!isMine) {
            return;
        }
        int shard = move.shard();
        shards.lead(shard, false);
        if (logs.leads(shard)) {
            giveLead(state, shard);
        } else if (!shards.isHere(shard) || logs.isIdle(shard)) {
            document.change(now -> now.done(move));
        }
    }

    private void giveLead(ClusterState state, int shard) {
        state.successor(shard, self)
                .ifPresent(
                        member ->
                                change(
                                        shard,
                                        () -> logs.transfer(shard, member),
                                        "the lead of shard " + shard + " goes to " + member));
    }

    /// Has a group that this node leads have the members that it should.
    private void group(ClusterState state, int shard) throws IOException {
        if (!logs.leads(shard)) {
            return;
        }
        Collection<String> wanted = state.group(shard);
        Move move = state.move(shard).orElse(null);
        if (!logs.isGroupOf(shard, wanted)) {
            if (wanted.contains(self)) {
                change(
                        shard,
                        () -> logs.group(shard, wanted),
                        "shard " + shard + " is to be kept by " + wanted);
            } else { // who goes does not lead
                giveLead(state, shard);
            }
        } else if (move != null
                && (move.step() == Move.Step.ADD || move.step() == Move.Step.REMOVE)) {
            if (document.change(now -> now.done(move))) {
                events.add(ClusterEvents.Kind.MOVE, move + " is done: kept by " + wanted);
            }
        }
    }

    /// One at a time for a shard.
    private void change(int shard, Supplier<CompletableFuture<Void>> begin, String what) {
        CompletableFuture<Void> running = changes.get(shard);
        if (running != null && !running.isDone()) {
            return;
        }
        LOG.info("{}", what);
        changes.put(
                shard,
                begin.get()
                        .exceptionally(
                                e -> {
                                    LOG.info("{}: not yet: {}", what, e.getMessage());
                                    return null;
                                }));
    }

    /// What is written here goes where the shard is; what has gone is dropped after a while.
    private void own(ClusterState state, int shard) throws IOException {
        boolean isMine = state.placement().isAt(shard, self);
        boolean isHere = shards.isHere(shard);
        if (isMine) {
            goneSince.remove(shard);
            if (isHere && !shards.leadsHere(shard)) {
                shards.lead(shard, true);
            }
            return;
        }
        if (shards.leadsHere(shard)) {
            shards.lead(shard, false);
        }
        if (!isHere || copying.contains(shard) || isUnderWay(state, shard)) {
            goneSince.remove(shard);
            return;
        }
        long since = goneSince.computeIfAbsent(shard, _ -> ticker.nanos());
        if (ticker.nanos() - since >= keptNanos) {
            goneSince.remove(shard);
            copied.removeIf(one -> one.shard() == shard);
            shards.drop(shard);
            changed.accept(shard);
            events.add(ClusterEvents.Kind.MOVE, "shard " + shard + " has gone from this node");
        }
    }

    /// Whether a replica that does not count is needed all the same.
    private boolean isUnderWay(ClusterState state, int shard) {
        Move move = state.move(shard).orElse(null);
        if (move == null) {
            return false;
        }
        return move.to().equals(self)
                ? move.step() == Move.Step.ADD && !logs.hasEnded(shard) || copied.contains(move)
                : move.from().filter(self::equals).isPresent();
    }

    @Override
    public void close() {
        copies.shutdownNow();
        try {
            if (!copies.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("a copy was still under way at the end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
