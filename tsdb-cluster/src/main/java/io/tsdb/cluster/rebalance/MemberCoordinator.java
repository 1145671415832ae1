package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.raft.ClusterEvents;
import io.tsdb.cluster.raft.ReplicaMoves;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.MemberState;
import io.tsdb.cluster.shardmap.Move;
import io.tsdb.cluster.shardmap.MovePlanner;
import io.tsdb.cluster.shardmap.PlacementPlanner;
import io.tsdb.storage.log.NodeLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/// Decides for the whole cluster, at the node that leads the catalog: takes in members that have
/// asked, finds out who is away for too long, has replicas move, lets members go that keep nothing,
/// raises the level when all members can. All that it has decided is in the catalog; whoever leads
/// next goes on from there.
final class MemberCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCoordinator.class);

    /// Copies under way in the whole cluster.
    private static final int MOVES_AT_ONCE = 4;

    private static final long HEARD_MILLIS_MAX = 2_000;

    private final String self;
    private final ClusterDocument document;
    private final ReplicaMoves logs;
    private final Predicate<String> answersNot;
    private final Function<String, Optional<Levels>> levels;
    private final ClusterEvents events;
    private final MoveSettings settings;
    private CompletableFuture<Void> change = CompletableFuture.completedFuture(null);

    /// What the members were and ran at the last look, and since when they do.
    private Object lastMembers = Set.of();

    private long settledSince;

    MemberCoordinator(
            String self,
            ClusterDocument document,
            ReplicaMoves logs,
            Predicate<String> answersNot,
            Function<String, Optional<Levels>> levels,
            ClusterEvents events,
            MoveSettings settings) {
        this.self = self;
        this.document = document;
        this.logs = logs;
        this.answersNot = answersNot;
        this.levels = levels;
        this.events = events;
        this.settings = settings;
    }

    /// Decides what is due; nothing at a node that does not lead the catalog.
    ///
    /// @param now monotonic, in nanoseconds
    /// @throws IOException when the catalog takes no change now
    void look(long now) throws IOException {
        if (!logs.leads(NodeLog.CATALOG)) {
            settledSince = now;
            return;
        }
        ClusterState state = document.state();
        Object members = List.of(state.states(), state.level().programs());
        if (!members.equals(lastMembers)) {
            lastMembers = members;
            settledSince = now;
        }
        catalog(state);
        watch(state);
        unblock(state);
        release(state);
        raise(state, now);
        plan(now);
    }

    private boolean isSettled(long now) {
        return now - settledSince >= TimeUnit.MILLISECONDS.toNanos(settings.settled().toMillis());
    }

    /// All members follow the catalog, but those that will not come back, and those that have asked
    /// to be taken and do not answer: as long as the catalog waited for one of them it would take
    /// nobody else.
    private void catalog(ClusterState state) throws IOException {
        List<Member> members =
                state.members().members().stream()
                        .filter(one -> stateOf(state, one) != MemberState.LOST)
                        .filter(one -> !isUnreachable(state, one))
                        .toList();
        List<Member> voters = members.stream().filter(one -> state.hasVote(one.id())).toList();
        if (voters.isEmpty() || !change.isDone()) {
            return;
        }
        if (logs.isCatalogOf(members, voters)) {
            for (Member member : state.in(MemberState.JOINING)) {
                if (members.contains(member)) {
                    say(member, "is a member", MemberState.ACTIVE);
                }
            }
        } else if (voters.stream().anyMatch(one -> one.id().equals(self))) {
            change = told(logs.catalogOf(members, voters));
        } else {
            Member next =
                    voters.stream()
                            .filter(one -> !stateOf(state, one).isAway())
                            .findFirst()
                            .orElse(voters.getFirst());
            change = told(logs.transfer(NodeLog.CATALOG, next.id()));
        }
    }

    private boolean isUnreachable(ClusterState state, Member member) {
        return stateOf(state, member) == MemberState.JOINING
                && !logs.isInCatalog(member.id())
                && answersNot.test(member.id());
    }

    private static MemberState stateOf(ClusterState state, Member member) {
        return state.state(member.id()).orElseThrow();
    }

    private static CompletableFuture<Void> told(CompletableFuture<Void> change) {
        return change.exceptionally(
                e -> {
                    LOG.info("the catalog is followed by all members later: {}", e.getMessage());
                    return null;
                });
    }

    private void say(Member member, String what, MemberState next) throws IOException {
        MemberState before = stateOf(document.state(), member);
        boolean changed =
                document.change(
                        now ->
                                now.state(member.id()).filter(before::equals).isPresent()
                                        ? now.with(member.id(), next)
                                        : now);
        if (changed) {
            LOG.info("member {} at {} {}", member.id(), member.data(), what);
            events.add(ClusterEvents.Kind.MOVE, "member " + member.id() + " " + what);
        }
    }

    /// Who is silent for too long, and who is heard again.
    private void watch(ClusterState state) throws IOException {
        for (Member member : state.members().members()) {
            OptionalLong silent = logs.silentMillis(member.id());
            if (silent.isEmpty()) {
                continue;
            }
            switch (stateOf(state, member)) {
                case ACTIVE -> {
                    if (isSilent(member.id())) {
                        say(member, "is away: others keep its shards", MemberState.GONE);
                    }
                }
                case GONE -> {
                    if (silent.getAsLong() < HEARD_MILLIS_MAX) {
                        say(member, "is back", MemberState.ACTIVE);
                    }
                }
                case JOINING, DRAINING, LEAVING, LOST -> {}
            }
        }
    }

    /// Moves that wait for somebody who is away.
    private void unblock(ClusterState state) throws IOException {
        for (Move move : state.moves()) {
            boolean counts = move.step() == Move.Step.LEAVE || move.step() == Move.Step.REMOVE;
            if (!counts && !isKeeper(state, move.to())) {
                document.change(now -> now.abandoned(move));
            } else if (move.step() == Move.Step.LEAVE
                    && move.from().map(from -> sendsNothing(state, from)).orElse(true)) {
                document.change(now -> now.done(move));
            }
        }
    }

    /// Whoever is to keep nothing stays so while it is silent, however long that is.
    private boolean sendsNothing(ClusterState state, String member) {
        return state.isAway(member) || isSilent(member);
    }

    /// For as long as others keep the shards of a member that stays away.
    private boolean isSilent(String member) {
        OptionalLong silent = logs.silentMillis(member);
        return silent.isPresent() && silent.getAsLong() > settings.awayAfter().toMillis();
    }

    private static boolean isKeeper(ClusterState state, String member) {
        return state.state(member).filter(MemberState.ACTIVE::equals).isPresent();
    }

    /// Who keeps nothing any more, and is not to.
    private void release(ClusterState state) throws IOException {
        for (Member member : state.members().members()) {
            MemberState what = stateOf(state, member);
            boolean goes = what == MemberState.LEAVING || what == MemberState.LOST;
            if (goes
                    && !member.id().equals(self)
                    && !state.isBusy(member.id())
                    && document.change(now -> now.without(member.id()))) {
                LOG.info("member {} at {} is one no more", member.id(), member.data());
                events.add(ClusterEvents.Kind.MOVE, "member " + member.id() + " is one no more");
            }
        }
    }

    /// The level goes up when all members speak a newer one by the catalog, and say so now: one
    /// that is being set back to an older program does not, and one that is away may be.
    private void raise(ClusterState state, long now) throws IOException {
        int next = state.newestLevel();
        if (next <= state.level().level() || !isSettled(now)) {
            return;
        }
        boolean allSaySo =
                state.members().members().stream()
                        .filter(one -> stateOf(state, one) != MemberState.LOST)
                        .filter(one -> !one.id().equals(self))
                        .allMatch(
                                one -> levels.apply(one.id()).filter(l -> l.has(next)).isPresent());
        if (allSaySo && document.change(known -> known.raised(next))) {
            LOG.info("all members speak level {}: the cluster is at it from now on", next);
        }
    }

    private void plan(long now) throws IOException {
        ClusterState state = document.state();
        boolean isSettled = isSettled(now);
        if (state.in(MemberState.JOINING).stream().anyMatch(one -> !isUnreachable(state, one))) {
            return; // it may be the one that all is to go to
        }
        List<Move> next = MovePlanner.next(state, MOVES_AT_ONCE, isSettled);
        if (!next.isEmpty()) {
            if (document.change(known -> known.equals(state) ? known.begun(next) : known)) {
                next.forEach(move -> events.add(ClusterEvents.Kind.MOVE, move + " begins"));
                next.forEach(move -> LOG.info("{} begins", move));
            }
        } else if (state.moves().isEmpty() && isSettled) {
            List<Member> keepers = state.in(MemberState.ACTIVE);
            if (!keepers.isEmpty()) {
                document.change(
                        known ->
                                known.ledAs(
                                        PlacementPlanner.next(
                                                keepers,
                                                known.members().replicas(),
                                                known.placement())));
            }
        }
    }
}
