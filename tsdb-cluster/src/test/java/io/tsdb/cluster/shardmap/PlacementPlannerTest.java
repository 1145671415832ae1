package io.tsdb.cluster.shardmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Shards are spread evenly, over zones, and over many others; what need not move stays.
class PlacementPlannerTest {
    private static List<Member> members(int count, int zones) {
        var members = new ArrayList<Member>();
        for (int i = 0; i < count; i++) {
            members.add(
                    new Member(
                            "n%03d".formatted(i),
                            new Address("h" + i, 1),
                            new Address("h" + i, 2),
                            zones == 0 ? "" : "z" + i % zones));
        }
        return members;
    }

    private static Map<String, Integer> counts(Placement placement, boolean leadersOnly) {
        var counts = new HashMap<String, Integer>();
        for (int shard = 0; shard < placement.shardCount(); shard++) {
            Collection<String> some =
                    leadersOnly ? List.of(placement.leader(shard)) : placement.replicas(shard);
            some.forEach(member -> counts.merge(member, 1, Integer::sum));
        }
        return counts;
    }

    private static int spread(Map<String, Integer> counts, List<Member> members) {
        var summary =
                members.stream()
                        .mapToInt(member -> counts.getOrDefault(member.id(), 0))
                        .summaryStatistics();
        return summary.getMax() - summary.getMin();
    }

    @ParameterizedTest
    @CsvSource({
        "3, 4, 3",
        "4, 4, 3",
        "5, 64, 3",
        "7, 64, 3",
        "10, 256, 5",
        "6, 64, 1",
        "100, 1024, 3"
    })
    void isEvenInReplicasAndLeaders(int nodes, int shards, int replicas) {
        List<Member> members = members(nodes, 0);
        Placement placement = PlacementPlanner.first(members, shards, replicas);
        assertThat(placement.shardCount()).isEqualTo(shards);
        assertThat(placement.replicas()).allMatch(at -> at.size() == Math.min(replicas, nodes));
        assertThat(spread(counts(placement, false), members)).isLessThanOrEqualTo(1);
        assertThat(spread(counts(placement, true), members)).isLessThanOrEqualTo(1);
    }

    /// All nodes work it out for themselves when a cluster begins.
    @Test
    void isTheSameForAllWhoKnowTheSame() {
        var cluster = new Members(64, 3, members(9, 3));
        assertThat(PlacementPlanner.first(cluster)).isEqualTo(PlacementPlanner.first(cluster));
    }

    @Test
    void keepsReplicasOfAShardInDifferentZones() {
        Map<String, String> zones = new HashMap<>();
        List<Member> members = members(9, 3);
        members.forEach(member -> zones.put(member.id(), member.zone()));
        Placement placement = PlacementPlanner.first(members, 128, 3);
        for (List<String> replicas : placement.replicas()) {
            assertThat(replicas.stream().map(zones::get)).doesNotHaveDuplicates();
        }
        // two zones for three replicas: no zone has all of them
        Placement two = PlacementPlanner.first(members(6, 2), 64, 3);
        members(6, 2).forEach(member -> zones.put(member.id(), member.zone()));
        for (List<String> replicas : two.replicas()) {
            assertThat(replicas.stream().map(zones::get).distinct()).hasSize(2);
        }
    }

    /// What a dead member kept is copied from many and to many: with 20 members of which each has
    /// 48 replicas, at least 15 of the other 19 share a shard with it.
    @Test
    void sharesTheShardsOfAMemberWithManyOthers() {
        Placement placement = PlacementPlanner.first(members(20, 0), 320, 3);
        for (Member member : members(20, 0)) {
            var others = new HashSet<String>();
            for (int shard : placement.shardsOf(member.id())) {
                others.addAll(placement.replicas(shard));
            }
            others.remove(member.id());
            assertThat(others).hasSizeGreaterThanOrEqualTo(15);
        }
    }

    @Test
    void movesOnlyWhatADeadMemberKept() {
        List<Member> members = members(10, 0);
        Placement before = PlacementPlanner.first(members, 200, 3);
        List<Member> left = members.subList(1, 10);
        Placement after = PlacementPlanner.next(left, 3, before);
        assertThat(after.epoch()).isEqualTo(1);
        assertThat(after.shardsOf("n000")).isEmpty();
        assertThat(after.replicas()).allMatch(at -> at.size() == 3);
        assertThat(after.movedSince(before)).isEqualTo(before.shardsOf("n000").size());
        assertThat(spread(counts(after, false), left)).isLessThanOrEqualTo(1);
        assertThat(spread(counts(after, true), left)).isLessThanOrEqualTo(1);
    }

    @Test
    void movesToANewMemberItsShareAndNoMore() {
        List<Member> members = members(10, 0);
        Placement before = PlacementPlanner.first(members.subList(0, 9), 200, 3);
        Placement after = PlacementPlanner.next(members, 3, before);
        assertThat(after.shardsOf("n009")).hasSize(60);
        assertThat(after.movedSince(before)).isLessThanOrEqualTo(66);
        assertThat(spread(counts(after, false), members)).isLessThanOrEqualTo(1);
        assertThat(spread(counts(after, true), members)).isLessThanOrEqualTo(1);
    }

    @Test
    void movesNothingWhenNothingChanged() {
        List<Member> members = members(7, 3);
        Placement before = PlacementPlanner.first(members, 100, 3);
        Placement after = PlacementPlanner.next(members, 3, before);
        assertThat(after.movedSince(before)).isZero();
        assertThat(after.replicas()).isEqualTo(before.replicas());
    }

    /// A replica more on each shard, when there were too few members at first.
    @Test
    void fillsUpWhenThereAreMembersEnough() {
        Placement one = PlacementPlanner.first(members(1, 0), 8, 3);
        Placement three = PlacementPlanner.next(members(3, 0), 3, one);
        assertThat(three.replicas()).allMatch(at -> at.size() == 3);
        assertThat(spread(counts(three, true), members(3, 0))).isLessThanOrEqualTo(1);
    }

    @Test
    void refusesToPlaceOnNobody() {
        assertThatThrownBy(() -> PlacementPlanner.first(List.of(), 4, 3))
                .hasMessageContaining("nobody is left to keep 4 shards");
    }
}
