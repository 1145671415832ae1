package io.tsdb.cluster.shardmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// What the catalog says of a cluster, step by step; and that it does not matter who does a step,
/// how often, and how late.
class ClusterStateTest {
    private static final int SHARDS = 4;
    private static final Program OLD = new Program("0.1.0", new Levels(1, 1));
    private static final Program NEW = new Program("0.2.0", new Levels(1, 2));
    private static final Program NEWER = new Program("0.3.0", new Levels(2, 3));
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127);

    private static Member member(String id) {
        int port = 1_000 + 2 * (id.charAt(0) - 'a');
        return new Member(
                id, new Address("127.0.0.1", port), new Address("127.0.0.1", port + 1), "");
    }

    private static ClusterState of(String... ids) {
        var members = new ArrayList<Member>();
        for (String id : ids) {
            members.add(member(id));
        }
        return ClusterState.first(new Members(SHARDS, 3, members));
    }

    private static ClusterState with(ClusterState state, String id) {
        return state.joined(member(id), NEW).with(id, MemberState.ACTIVE);
    }

    /// Does every step of every move that is planned, until nothing is.
    private static ClusterState settled(ClusterState begun) {
        ClusterState state = begun;
        for (int round = 0; round < 1_000; round++) {
            state = state.begun(MovePlanner.next(state, 2, true));
            if (state.moves().isEmpty()) {
                return state;
            }
            Move move = state.moves().getFirst();
            ClusterState next = state.done(move);
            assertThat(next.done(move)).as("done twice").isSameAs(next);
            state = next;
        }
        throw new AssertionError("moves without end: " + state.moves());
    }

    private static void assertWhole(ClusterState state, int replicas) {
        for (int shard = 0; shard < SHARDS; shard++) {
            assertThat(state.placement().replicas(shard)).as("shard %d", shard).hasSize(replicas);
        }
    }

    @Test
    void aMoveCountsWhenTheNewReplicaVotesAndEndsWhenTheOldOneIsOut() {
        ClusterState state = with(of("a", "b", "c"), "d");
        var move = new Move(0, Optional.of("a"), "d");
        state = state.begun(List.of(move));
        assertThat(state.group(0)).containsExactlyInAnyOrder("a", "b", "c");
        state = state.done(move);
        assertThat(state.group(0)).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(state.placement().isAt(0, "d")).isFalse();
        state = state.done(move.at(Move.Step.ADD));
        assertThat(state.placement().replicas(0)).containsExactlyInAnyOrder("d", "b", "c");
        assertThat(state.group(0)).containsExactlyInAnyOrder("a", "b", "c", "d");
        state = state.done(move.at(Move.Step.LEAVE));
        assertThat(state.group(0)).containsExactlyInAnyOrder("b", "c", "d");
        assertThat(state.isBusy("a")).isTrue();
        state = state.done(move.at(Move.Step.REMOVE));
        assertThat(state.moves()).isEmpty();
    }

    /// Who is away does not count to a majority that must agree.
    @Test
    void aMemberThatIsAwayLeavesTheGroupWhenItsSuccessorEnters() {
        ClusterState state = with(of("a", "b", "c"), "d").with("a", MemberState.GONE);
        var move = new Move(0, Optional.of("a"), "d");
        state = state.begun(List.of(move)).done(move);
        assertThat(state.group(0)).containsExactlyInAnyOrder("b", "c", "d");
        state = state.done(move.at(Move.Step.ADD));
        assertThat(state.group(0)).as("it does not enter again").isEqualTo(Set.of("b", "c", "d"));
    }

    @Test
    void aMemberThatGoesAwayWhileItLeavesTheGroupIsOut() {
        ClusterState state = with(of("a", "b", "c"), "d");
        var move = new Move(0, Optional.of("a"), "d");
        state = state.begun(List.of(move)).done(move).done(move.at(Move.Step.ADD));
        state = state.with("a", MemberState.GONE);
        assertThat(state.group(0)).containsExactlyInAnyOrder("b", "c", "d");
    }

    /// Who should lead may be away, or be the one that gives the lead away.
    @Test
    void theLeadOfAShardGoesToAReplicaThatIsThere() {
        ClusterState state = of("a", "b", "c");
        List<String> kept = state.placement().replicas(0);
        assertThat(state.successor(0, "d")).contains(kept.getFirst());
        assertThat(state.successor(0, kept.getFirst())).contains(kept.get(1));
        state = state.with(kept.getFirst(), MemberState.GONE);
        assertThat(state.successor(0, "d")).contains(kept.get(1));
        assertThat(state.successor(0, kept.get(1))).contains(kept.get(2));
        state = state.with(kept.get(1), MemberState.LOST);
        assertThat(state.successor(0, kept.get(2))).isEmpty();
    }

    @Test
    void aNewMemberGetsItsShareAndADrainedOneGivesItsAway() {
        ClusterState state = settled(with(of("a", "b", "c"), "d"));
        assertWhole(state, 3);
        assertThat(state.placement().shardsOf("d")).hasSize(3);
        assertThat(state.without("a")).as("it keeps shards").isSameAs(state);
        assertThat(MovePlanner.mayDrain(state, "a")).isTrue();
        state = settled(state.with("a", MemberState.DRAINING));
        assertWhole(state, 3);
        assertThat(state.isBusy("a")).isFalse();
        state = state.without("a");
        assertThat(state.has("a")).isFalse();
        assertThat(MovePlanner.mayDrain(state, "b")).as("three are left").isFalse();
    }

    /// It may be away just then, and be needed when it is back.
    @Test
    void whoLeavesHasAVoteUntilItsShardsAreElsewhere() {
        ClusterState state = settled(with(of("a", "b", "c"), "d"));
        state = state.with("a", MemberState.LEAVING);
        assertThat(state.hasVote("a")).isTrue();
        state = settled(state);
        assertWhole(state, 3);
        assertThat(state.isBusy("a")).isFalse();
        assertThat(state.hasVote("a")).isFalse();
        assertThat(state.with("b", MemberState.LOST).hasVote("b")).isFalse();
        assertThat(state.with("b", MemberState.GONE).hasVote("b")).isTrue();
    }

    /// One replica becomes three as members come.
    @Test
    void aClusterOfOneGrows() {
        ClusterState state = settled(with(of("a"), "b"));
        assertWhole(state, 2);
        state = settled(with(state, "c"));
        assertWhole(state, 3);
    }

    @Test
    void shardsOfAMemberThatIsAwayAreKeptByOthersAndNeverByFewer() {
        ClusterState three = of("a", "b", "c").with("a", MemberState.GONE);
        assertThat(MovePlanner.next(three, 4, true)).as("nobody else is there").isEmpty();
        ClusterState state = settled(with(three, "d"));
        assertWhole(state, 3);
        assertThat(state.placement().shardsOf("a")).isEmpty();
    }

    /// Its disk was emptied: it comes as another member, at the same address.
    @Test
    void whoComesAtAnAddressTakesThePlaceOfWhoWasThere() {
        ClusterState state = of("a", "b", "c");
        Member again = new Member("z", member("a").raft(), member("a").data(), "");
        state = state.joined(again, NEW);
        assertThat(state.state("a")).contains(MemberState.LOST);
        state = settled(state.with("z", MemberState.ACTIVE));
        assertWhole(state, 3);
        state = state.without("a");
        assertThat(state.has("a")).isFalse();
    }

    @Test
    void nothingMovesThatNeedNot() {
        ClusterState state = with(of("a", "b", "c"), "d");
        assertThat(MovePlanner.next(state, 4, false)).as("all have three replicas").isEmpty();
        assertThat(MovePlanner.next(settled(state), 4, true)).isEmpty();
    }

    /// Whoever acts may be a leader that does not know yet that another one did: steps come twice,
    /// late, and of moves that were given up.
    @Test
    void stepsThatComeTwiceOrLateChangeNothing() {
        var random = new Random(SEED);
        for (int run = 0; run < 200; run++) {
            ClusterState state = with(of("a", "b", "c"), "d");
            List<Move> seen = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                state = state.begun(MovePlanner.next(state, 3, true));
                seen.addAll(state.moves());
                if (seen.isEmpty()) {
                    continue;
                }
                Move move = seen.get(random.nextInt(seen.size()));
                ClusterState before = state;
                state =
                        switch (random.nextInt(8)) {
                            case 0 -> state.abandoned(move);
                            case 1 -> state.again(move);
                            case 2 ->
                                    random.nextBoolean()
                                            ? state.with("b", MemberState.GONE)
                                            : state.with("b", MemberState.ACTIVE);
                            default -> state.done(move);
                        };
                assertInvariants(before, state);
            }
            state = settled(state.with("b", MemberState.ACTIVE));
            assertWhole(state, 3);
        }
    }

    /// No shard loses a replica, and of its group a majority stays from one step to the next.
    private static void assertInvariants(ClusterState before, ClusterState after) {
        for (int shard = 0; shard < SHARDS; shard++) {
            assertThat(after.placement().replicas(shard)).as("seed %d", SEED).hasSize(3);
            Set<String> stay = new HashSet<>(before.group(shard));
            stay.retainAll(after.group(shard));
            assertThat(stay.size())
                    .as("seed %d: %s then %s", SEED, before.group(shard), after.group(shard))
                    .isGreaterThan(after.group(shard).size() / 2);
        }
        assertThat(ClusterStateText.parse(ClusterStateText.format(after))).isEqualTo(after);
    }

    private static ClusterState running(ClusterState begun, Program program, String... ids) {
        ClusterState state = begun;
        for (String id : ids) {
            state = state.running(id, program);
            assertThat(state.running(id, program)).as("said twice").isSameAs(state);
        }
        assertThat(ClusterStateText.parse(ClusterStateText.format(state))).isEqualTo(state);
        return state;
    }

    @Test
    void theLevelWaitsForAllMembers() {
        ClusterState state = of("a", "b", "c");
        assertThat(state.level().level()).isEqualTo(1);
        assertThat(state.newestLevel()).as("nobody has said").isEqualTo(1);
        state = running(running(state, NEW, "a", "b"), OLD, "c");
        assertThat(state.newestLevel()).isEqualTo(1);
        assertThat(state.raised(2)).isSameAs(state);
        assertThat(state.behind()).containsExactly(member("c"));
        ClusterState away = state.with("c", MemberState.GONE);
        assertThat(away.newestLevel()).as("it may come back, and read the logs").isEqualTo(1);
        ClusterState lost = state.with("c", MemberState.LOST);
        assertThat(lost.newestLevel()).as("it will not come back").isEqualTo(2);
        assertThat(lost.behind()).isEmpty();
        state = running(state, NEW, "c").raised(2);
        assertThat(state.level().level()).isEqualTo(2);
        assertThat(state.behind()).isEmpty();
        assertThat(ClusterStateText.parse(ClusterStateText.format(state))).isEqualTo(state);
    }

    @Test
    void theLevelNeverGoesDown() {
        ClusterState state = running(of("a", "b"), NEW, "a", "b").raised(2);
        assertThat(state.raised(1)).isSameAs(state);
        assertThat(state.raised(2)).isSameAs(state);
        assertThat(state.running("a", OLD)).as("it is refused at its start").isSameAs(state);
        state = running(state, NEWER, "a");
        assertThat(state.raised(3)).as("b does not speak it").isSameAs(state);
        assertThat(running(state, NEWER, "b").raised(3).level().level()).isEqualTo(3);
    }

    @Test
    void takesNobodyWhoDoesNotSpeakTheLevel() {
        ClusterState one = running(of("a"), NEW, "a");
        assertThatThrownBy(() -> one.joined(member("b"), NEWER))
                .hasMessageContaining("too new for its cluster, which is at level 1")
                .hasMessageContaining("speaks levels 2-3");
        ClusterState two = one.raised(2);
        assertThatThrownBy(() -> two.joined(member("b"), OLD))
                .hasMessageContaining("too old for its cluster, which is at level 2")
                .hasMessageContaining("install the version that the other members run");
        ClusterState taken = two.joined(member("b"), NEWER);
        assertThat(taken.level().program("b")).isEqualTo(NEWER);
        assertThat(taken.without("b").level()).as("and forgotten with it").isEqualTo(two.level());
    }

    /// The level is in the same place of all texts, so that an older program can say what is wrong.
    @Test
    void refusesATextOfAnotherVersionAndReadsItsLevel() {
        String text = "tsdb-cluster 3\nlevel\t7\nnobody knows\n";
        assertThat(ClusterStateText.level(text)).isEqualTo(7);
        assertThatThrownBy(() -> ClusterStateText.parse(text))
                .hasMessage(
                        "starts with 'tsdb-cluster 3', this version reads 'tsdb-cluster 1' and"
                                + " 'tsdb-cluster 2'");
        var view = new ClusterView(of("a"));
        assertThatThrownBy(() -> view.changed(text))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("too old for its cluster, which is at level 7");
        assertThat(view.state()).isEqualTo(of("a"));
    }
}
