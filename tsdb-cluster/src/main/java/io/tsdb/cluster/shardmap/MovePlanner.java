package io.tsdb.cluster.shardmap;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides which replicas move next. Pure.
///
/// What should be is the [PlacementPlanner]'s: so members that are neither new nor to go keep what
/// they have, and nothing moves to even out less than it takes.
public final class MovePlanner {
    private MovePlanner() {}

    /// Moves to begin now.
    ///
    /// @param atOnce how many may be under way together; each member takes one of them at a time
    /// @param isBalancing whether replicas may move although each is where it may be
    public static List<Move> next(ClusterState state, int atOnce, boolean isBalancing) {
        List<Member> keepers = state.in(MemberState.ACTIVE);
        if (keepers.isEmpty() || state.moves().size() >= atOnce) {
            return List.of();
        }
        Placement now = state.placement();
        Placement wanted = PlacementPlanner.next(keepers, state.members().replicas(), now);
        Set<String> receiving = new HashSet<>();
        state.moves().forEach(move -> receiving.add(move.to()));
        var moves = new ArrayList<Move>();
        for (boolean needed : new boolean[] {true, false}) {
            for (int shard = 0; shard < now.shardCount(); shard++) {
                if (state.moves().size() + moves.size() >= atOnce || !(needed || isBalancing)) {
                    return moves;
                }
                int number = shard;
                Optional<Move> move = move(state, wanted, shard);
                if (move.isPresent()
                        && needed == isNeeded(state, move.get())
                        && state.move(shard).isEmpty()
                        && moves.stream().noneMatch(one -> one.shard() == number)
                        && receiving.add(move.get().to())) {
                    moves.add(move.get());
                }
            }
        }
        return moves;
    }

    /// First difference of a shard, the replica of a member that is to keep none before others.
    private static Optional<Move> move(ClusterState state, Placement wanted, int shard) {
        List<String> now = state.placement().replicas(shard);
        List<String> then = wanted.replicas(shard);
        Optional<String> to = then.stream().filter(id -> !now.contains(id)).findFirst();
        if (to.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> from =
                now.stream()
                        .filter(id -> !then.contains(id))
                        .sorted((a, b) -> Boolean.compare(isKeeper(state, a), isKeeper(state, b)))
                        .findFirst();
        boolean hasTooFew = now.size() < Math.min(state.members().replicas(), then.size());
        return Optional.of(new Move(shard, hasTooFew ? Optional.empty() : from, to.get()));
    }

    private static boolean isKeeper(ClusterState state, String member) {
        return state.state(member).filter(MemberState.ACTIVE::equals).isPresent();
    }

    private static boolean isNeeded(ClusterState state, Move move) {
        return move.from().isEmpty() || !isKeeper(state, move.from().get());
    }

    /// Whether a member may be drained: so many others are there that each shard finds a place.
    public static boolean mayDrain(ClusterState state, String member) {
        long others =
                state.in(MemberState.ACTIVE).stream()
                        .filter(one -> !one.id().equals(member))
                        .count();
        int most = state.placement().replicas().stream().mapToInt(List::size).max().orElse(1);
        return others >= most;
    }
}
