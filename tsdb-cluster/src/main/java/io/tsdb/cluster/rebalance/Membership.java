package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.raft.ClusterEvents;
import io.tsdb.cluster.raft.ReplicaMoves;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.MemberState;
import io.tsdb.cluster.shardmap.Move;
import io.tsdb.cluster.shardmap.MovePlanner;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.shard.ShardMoves;
import io.tsdb.storage.shard.Store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/// The members of a cluster and their replicas, seen from one of them: does its part of what is to
/// move, decides when it leads the catalog, and takes what an administrator wants. Any thread.
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long LOOK_MILLIS = 500;

    /// What an administrator wants of a member.
    public enum Wish {
        /// It is to keep shards again.
        ADD(MemberState.ACTIVE),

        /// It is to give its shards to others, and stay a member.
        DRAIN(MemberState.DRAINING),

        /// It is to give its shards to others, and be a member no more.
        REMOVE(MemberState.LEAVING),

        /// It will not come back: others are to keep its shards at once.
        REPLACE(MemberState.LOST);

        private final MemberState state;

        Wish(MemberState state) {
            this.state = state;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// @throws IllegalArgumentException when there is no such wish
        public static Wish of(String word) {
            for (Wish wish : values()) {
                if (wish.word().equals(word)) {
                    return wish;
                }
            }
            throw new IllegalArgumentException(
                    "'" + word + "' is not add, drain, remove or replace");
        }
    }

    private final String self;
    private final Program program;
    private final ClusterDocument document;
    private final ReplicaMover mover;
    private final MemberCoordinator coordinator;
    private final ShardSource source;
    private final Predicate<String> isSilent;
    private final Ticker ticker;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().name("membership").daemon().unstarted(work));

    /// @param self id of this node
    /// @param program that this node runs
    /// @param data the data directory
    /// @param isSilent whether a member did not answer lately
    /// @param levels that another member speaks, as it says just now; empty while it does not
    ///   answer
    /// @param changed told of shards that are here now, or are no more; any thread
    public Membership(
            String self,
            Program program,
            FileStore io,
            Path data,
            Store store,
            ClusterView view,
            ReplicaMoves logs,
            Sources sources,
            Predicate<String> isSilent,
            Function<String, Optional<Levels>> levels,
            ClusterEvents events,
            IntConsumer changed,
            MoveSettings settings,
            Ticker ticker)
            throws IOException {
        this.self = self;
        this.program = program;
        this.isSilent = isSilent;
        ShardMoves shards = store.moves();
        this.document = new ClusterDocument(store, view);
        this.ticker = ticker;
        this.source = new ShardSource(io, data, shards, logs, document, sources, ticker);
        this.mover =
                new ReplicaMover(
                        self,
                        document,
                        shards,
                        logs,
                        new ShardReceiver(
                                io, shards, logs, new CopyRate(settings.bytesPerSecond(), ticker)),
                        sources,
                        events,
                        changed,
                        settings.kept().toNanos(),
                        ticker);
        this.coordinator =
                new MemberCoordinator(self, document, logs, isSilent, levels, events, settings);
        view.follow(this::lookNow);
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Answers what other nodes ask.
    public ShardSource source() {
        return source;
    }

    public ClusterState state() {
        return document.state();
    }

    private void lookNow() {
        try {
            thread.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: members are not looked at", e);
        }
    }

    private void look() {
        try {
            source.forgetIdle();
        } catch (IOException | RuntimeException e) { // the next look must come
            LOG.info("a copy that nobody reads stays for now: {}", e.toString());
        }
        try {
            document.change(state -> state.running(self, program));
            mover.look();
            coordinator.look(ticker.nanos());
        } catch (IOException e) {
            LOG.info("members and moves wait: {}", e.getMessage());
        } catch (RuntimeException e) { // the next look must come
            LOG.error("BUG: a look at members and moves failed", e);
        }
    }

    /// Takes a wish, for good; what it takes begins at once.
    ///
    /// @throws IllegalArgumentException when there is no such member, or the wish would leave
    ///   shards without a place: the message says what would help
    /// @throws IOException when no majority takes it
    public void wish(String member, Wish wish) throws IOException {
        document.change(
                state -> {
                    MemberState now =
                            state.state(member)
                                    .orElseThrow(
                                            () ->
                                                    new IllegalArgumentException(
                                                            "the cluster has no member " + member));
                    boolean isJoining = now == MemberState.JOINING;
                    if (isJoining && (wish == Wish.ADD || wish == Wish.DRAIN)) {
                        throw new IllegalArgumentException(
                                "member "
                                        + member
                                        + " is only just joining: try again in a moment, or remove"
                                        + " it");
                    }
                    if (wish == Wish.REPLACE && now != MemberState.GONE && !isSilent.test(member)) {
                        throw new IllegalArgumentException(
                                "member "
                                        + member
                                        + " answers: stop it before, or have it removed");
                    }
                    if (now == MemberState.LOST && wish != Wish.REPLACE) {
                        throw new IllegalArgumentException(
                                "member "
                                        + member
                                        + " is given up: start it on an empty directory");
                    }
                    if ((wish == Wish.DRAIN || wish == Wish.REMOVE)
                            && !isJoining
                            && !MovePlanner.mayDrain(state, member)) {
                        throw new IllegalArgumentException(
                                "without member "
                                        + member
                                        + " there are fewer nodes than replicas of a shard: add one"
                                        + " before");
                    }
                    return state.with(member, wish.state);
                });
    }

    /// Begins all moves that even replicas out, in place of waiting until members have settled.
    ///
    /// @return how many
    public int rebalance() throws IOException {
        var begun = new AtomicInteger();
        document.change(
                state -> {
                    List<Move> moves = MovePlanner.next(state, Integer.MAX_VALUE, true);
                    begun.set(moves.size());
                    return state.begun(moves);
                });
        return begun.get();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        mover.close();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("a look at members was still under way at the end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
