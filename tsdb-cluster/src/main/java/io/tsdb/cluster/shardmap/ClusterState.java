package io.tsdb.cluster.shardmap;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// All that the catalog says of a cluster: its members, who keeps which shard, and the replicas
/// that are on their way. Every change is a function from one state to the next, which changes
/// nothing when it comes twice, or too late: so whoever is not sure that it got through does it
/// again.
///
/// @param states of the members, by id
/// @param moves at most one for a shard
/// @param level at which everything is written, and what members run
public record ClusterState(
        Members members,
        Map<String, MemberState> states,
        Placement placement,
        List<Move> moves,
        ClusterLevel level) {
    public ClusterState {
        states = Map.copyOf(states);
        moves = List.copyOf(moves);
        for (Member member : members.members()) {
            if (!states.containsKey(member.id())) {
                throw new IllegalArgumentException("member " + member.id() + " has no state");
            }
        }
        if (moves.stream().map(Move::shard).distinct().count() != moves.size()) {
            throw new IllegalArgumentException("two moves of one shard: " + moves);
        }
    }

    /// Of a cluster that begins: all of its members keep shards, and what is written is what the
    /// oldest program reads that this one gets along with.
    public static ClusterState first(Members members) {
        return first(members, Levels.CURRENT.oldest());
    }

    /// Until the catalog says more of a cluster than its level.
    public static ClusterState first(Members members, int level) {
        var states = new TreeMap<String, MemberState>();
        members.members().forEach(member -> states.put(member.id(), MemberState.ACTIVE));
        return new ClusterState(
                members,
                states,
                PlacementPlanner.first(members),
                List.of(),
                new ClusterLevel(level, Map.of()));
    }

    public boolean has(String member) {
        return members.has(member);
    }

    /// State of a member; empty for one that is none, or none any more.
    public Optional<MemberState> state(String member) {
        return Optional.ofNullable(states.get(member));
    }

    /// Members in a state.
    public List<Member> in(MemberState state) {
        return members.members().stream()
                .filter(member -> states.get(member.id()) == state)
                .toList();
    }

    /// Whether nothing can be asked of a member.
    public boolean isAway(String member) {
        return state(member).map(MemberState::isAway).orElse(true);
    }

    public Optional<Move> move(int shard) {
        return moves.stream().filter(move -> move.shard() == shard).findFirst();
    }

    /// Who is to be in the group of a shard now.
    public Set<String> group(int shard) {
        var group = new LinkedHashSet<>(placement.replicas(shard));
        move(shard)
                .ifPresent(
                        move -> {
                            switch (move.step()) {
                                case COPY, REMOVE -> {}
                                case ADD -> {
                                    group.add(move.to());
                                    move.from().filter(this::isAway).ifPresent(group::remove);
                                }
                                case LEAVE ->
                                        move.from()
                                                .filter(from -> !isAway(from))
                                                .ifPresent(group::add);
                            }
                        });
        return group;
    }

    /// Who is to lead a shard in place of a member; empty when nobody is there who may.
    public Optional<String> successor(int shard, String member) {
        return placement.replicas(shard).stream()
                .filter(id -> !id.equals(member) && !isAway(id))
                .findFirst();
    }

    /// Whether a member keeps a replica, or is about to, or still does.
    public boolean isBusy(String member) {
        return !placement.shardsOf(member).isEmpty()
                || moves.stream()
                        .anyMatch(
                                move ->
                                        move.to().equals(member)
                                                || move.from().filter(member::equals).isPresent());
    }

    /// Whether a member has a vote on the catalog: also one that leaves, as long as others may need
    /// it for the shards that it keeps. Who was away, and has no vote any more, ends when it is
    /// back and asks for votes.
    public boolean hasVote(String member) {
        MemberState what = state(member).orElseThrow();
        return what.isVoter() || what == MemberState.LEAVING && isBusy(member);
    }

    /// A node asks to be taken.
    ///
    /// @throws IllegalArgumentException when its program does not speak the cluster's level
    public ClusterState joined(Member member, Program program) {
        if (has(member.id())) {
            return this;
        }
        var more = new ArrayList<>(members.members());
        more.add(member);
        ClusterState next =
                withMembers(more, member.id(), MemberState.JOINING)
                        .with(level.running(member.id(), program));
        for (Member known : before(member)) {
            next = next.with(known.id(), MemberState.LOST); // two cannot listen there
        }
        return next;
    }

    /// Members that are known at an address of a node that is none of them.
    public List<Member> before(Member node) {
        return members.members().stream()
                .filter(known -> !known.id().equals(node.id()))
                .filter(
                        known ->
                                known.data().equals(node.data())
                                        || known.raft().equals(node.raft()))
                .toList();
    }

    /// A member is something else now.
    public ClusterState with(String member, MemberState state) {
        return !has(member) || states.get(member) == state
                ? this
                : withMembers(members.members(), member, state);
    }

    private ClusterState withMembers(List<Member> all, String member, MemberState state) {
        var next = new TreeMap<>(states);
        next.put(member, state);
        return new ClusterState(members(all), next, placement, moves, level);
    }

    private ClusterState with(ClusterLevel next) {
        return new ClusterState(members, states, placement, moves, next);
    }

    /// A member says what it runs; one that does not speak the cluster's level says nothing that
    /// counts.
    public ClusterState running(String member, Program program) {
        return !has(member)
                        || level.program(member).equals(program)
                        || !program.levels().has(level.level())
                ? this
                : with(level.running(member, program));
    }

    /// The newest level that all members speak: also those that are away, since they may come back
    /// and have to read the logs; not those that will not.
    public int newestLevel() {
        return level.newestOf(
                states.keySet().stream()
                        .filter(member -> states.get(member) != MemberState.LOST)
                        .toList());
    }

    /// Members that keep the cluster from the newest level that any of them speaks.
    public List<Member> behind() {
        int newest =
                members.members().stream()
                        .mapToInt(member -> level.program(member.id()).levels().newest())
                        .max()
                        .orElseThrow();
        return members.members().stream()
                .filter(member -> states.get(member.id()) != MemberState.LOST)
                .filter(member -> level.program(member.id()).levels().newest() < newest)
                .toList();
    }

    /// From now on everything is written at a newer level; nothing changes when a member does not
    /// speak it.
    public ClusterState raised(int next) {
        return next <= level.level() || next > newestLevel() ? this : with(level.at(next));
    }

    private Members members(List<Member> all) {
        return new Members(members.cluster(), members.shardCount(), members.replicas(), all);
    }

    /// A member that keeps nothing is one no more.
    public ClusterState without(String member) {
        if (!has(member) || isBusy(member) || members.members().size() == 1) {
            return this;
        }
        var next = new TreeMap<>(states);
        next.remove(member);
        return new ClusterState(
                members(
                        members.members().stream()
                                .filter(one -> !one.id().equals(member))
                                .toList()),
                next,
                placement,
                moves,
                level.without(member));
    }

    /// Moves begin, of shards that nothing else is done with.
    public ClusterState begun(List<Move> begun) {
        var next = new ArrayList<>(moves);
        for (Move move : begun) {
            if (move(move.shard()).isEmpty() && !placement.isAt(move.shard(), move.to())) {
                next.add(move);
            }
        }
        return next.size() == moves.size()
                ? this
                : new ClusterState(members, states, placement, next, level);
    }

    /// A step of a move is done.
    public ClusterState done(Move move) {
        if (!moves.contains(move)) {
            return this;
        }
        return switch (move.step()) {
            case COPY -> replaced(move, Optional.of(move.at(Move.Step.ADD)), placement);
            case ADD ->
                    replaced(move, move.from().map(_ -> move.at(Move.Step.LEAVE)), counting(move));
            case LEAVE -> replaced(move, Optional.of(move.at(Move.Step.REMOVE)), placement);
            case REMOVE -> replaced(move, Optional.empty(), placement);
        };
    }

    /// A move begins anew, since what was copied does not do.
    public ClusterState again(Move move) {
        return moves.contains(move) && move.step() == Move.Step.ADD
                ? replaced(move, Optional.of(move.at(Move.Step.COPY)), placement)
                : this;
    }

    /// A move that does not count yet is given up.
    public ClusterState abandoned(Move move) {
        boolean counts = move.step() == Move.Step.LEAVE || move.step() == Move.Step.REMOVE;
        return moves.contains(move) && !counts ? replaced(move, Optional.empty(), placement) : this;
    }

    private ClusterState replaced(Move move, Optional<Move> by, Placement next) {
        var all = new ArrayList<>(moves);
        all.removeIf(move::isSame);
        by.ifPresent(all::add);
        return new ClusterState(members, states, next, all, level);
    }

    /// The new replica stands where the old one did.
    private Placement counting(Move move) {
        UnaryOperator<List<String>> change =
                replicas -> {
                    var next = new ArrayList<>(replicas);
                    int at = move.from().map(next::indexOf).orElse(-1);
                    if (at >= 0) {
                        next.set(at, move.to());
                    } else {
                        next.add(move.to());
                    }
                    return next;
                };
        return placement.with(move.shard(), change.apply(placement.replicas(move.shard())));
    }

    /// Others lead, of those that keep each shard.
    ///
    /// @param wanted by shard: the same members as now, perhaps in another order
    public ClusterState ledAs(Placement wanted) {
        Placement next = placement;
        for (int shard = 0; shard < placement.shardCount(); shard++) {
            List<String> now = placement.replicas(shard);
            List<String> then = wanted.replicas(shard);
            if (!now.equals(then) && Set.copyOf(now).equals(Set.copyOf(then))) {
                next = next.with(shard, then);
            }
        }
        return next.equals(placement)
                ? this
                : new ClusterState(members, states, next, moves, level);
    }
}
