package io.tsdb.cluster.shardmap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the placement does to a cluster that is larger than any test can start: 10,000 shards on
/// 300 nodes in three zones, three replicas each. `docs/scaling.md` quotes what it prints.
class ScalingTest {
    private static final int NODES = 300;
    private static final int SHARDS = 10_000;
    private static final int REPLICAS = 3;

    /// Parts of a replica: two terabytes on a node of a hundred replicas.
    private static final double REPLICA_BYTES = 20e9;

    /// What one node reads, and what it writes, for copies.
    private static final double COPY_BYTES_PER_SECOND = 50e6;

    private static List<Member> members(int count) {
        var members = new ArrayList<Member>();
        for (int i = 0; i < count; i++) {
            members.add(
                    new Member(
                            "n%03d".formatted(i),
                            new Address("h" + i, 1),
                            new Address("h" + i, 2),
                            "zone-" + i % 3));
        }
        return members;
    }

    /// What a change of the placement costs.
    private record Move(int replicas, int sources, int targets, double seconds) {
        /// Each replica is copied from the one of those who stay that has least to send.
        static Move of(Placement before, Placement after) {
            var sent = new HashMap<String, Integer>();
            var received = new HashMap<String, Integer>();
            for (int shard = 0; shard < before.shardCount(); shard++) {
                var sources = new ArrayList<>(before.replicas(shard));
                sources.retainAll(after.replicas(shard));
                for (String member : after.replicas(shard)) {
                    if (!before.isAt(shard, member)) {
                        String from = sources.getFirst();
                        for (String other : sources) {
                            if (sent.getOrDefault(other, 0) < sent.getOrDefault(from, 0)) {
                                from = other;
                            }
                        }
                        sent.merge(from, 1, Integer::sum);
                        received.merge(member, 1, Integer::sum);
                    }
                }
            }
            int most = Math.max(most(sent), most(received));
            return new Move(
                    after.movedSince(before),
                    sent.size(),
                    received.size(),
                    most * REPLICA_BYTES / COPY_BYTES_PER_SECOND);
        }

        private static int most(Map<String, Integer> counts) {
            return counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        }
    }

    private static IntSummaryStatistics counts(
            Placement placement, List<Member> members, boolean leaders) {
        var counts = new HashMap<String, Integer>();
        for (int shard = 0; shard < placement.shardCount(); shard++) {
            List<String> some =
                    leaders ? List.of(placement.leader(shard)) : placement.replicas(shard);
            some.forEach(member -> counts.merge(member, 1, Integer::sum));
        }
        return members.stream()
                .mapToInt(member -> counts.getOrDefault(member.id(), 0))
                .summaryStatistics();
    }

    private static void print(String what, Placement placement, List<Member> members, Move move) {
        IntSummaryStatistics replicas = counts(placement, members, false);
        IntSummaryStatistics leaders = counts(placement, members, true);
        System.out.println(
                String.format(
                        Locale.ROOT,
                        "ScalingTest: %s: replicas a node %d to %d, leaders %d to %d; %d replicas"
                                + " (%.1f TB) copied from %d nodes to %d, %.0f s",
                        what,
                        replicas.getMin(),
                        replicas.getMax(),
                        leaders.getMin(),
                        leaders.getMax(),
                        move.replicas(),
                        move.replicas() * REPLICA_BYTES / 1e12,
                        move.sources(),
                        move.targets(),
                        move.seconds()));
    }

    private static void assertEven(Placement placement, List<Member> members) {
        IntSummaryStatistics replicas = counts(placement, members, false);
        IntSummaryStatistics leaders = counts(placement, members, true);
        assertThat(replicas.getMax() - replicas.getMin()).isLessThanOrEqualTo(2);
        assertThat(leaders.getMax() - leaders.getMin()).isLessThanOrEqualTo(1);
    }

    private static void assertInThreeZones(Placement placement, List<Member> members) {
        Map<String, String> zones = new HashMap<>();
        members.forEach(member -> zones.put(member.id(), member.zone()));
        for (List<String> replicas : placement.replicas()) {
            var of = new HashSet<String>();
            replicas.forEach(id -> of.add(zones.get(id)));
            assertThat(of).hasSize(REPLICAS);
        }
    }

    @Test
    void threeHundredNodesLoseAndGainSome() {
        List<Member> all = members(NODES);
        Placement first = PlacementPlanner.first(all, SHARDS, REPLICAS);
        assertEven(first, all);
        assertInThreeZones(first, all);
        print("at first", first, all, Move.of(first, first));

        List<Member> less = all.subList(1, NODES);
        Placement dead = PlacementPlanner.next(less, REPLICAS, first);
        Move recovery = Move.of(first, dead);
        print("a node dies", dead, less, recovery);
        assertInThreeZones(dead, less);
        assertThat(recovery.replicas()).isEqualTo(first.shardsOf("n000").size());
        // a node writes two replicas at most, so a recovery takes minutes, not hours
        assertThat(recovery.targets()).isGreaterThanOrEqualTo(recovery.replicas() / 2);
        assertThat(recovery.seconds()).isLessThanOrEqualTo(2 * 400);

        Placement grown = PlacementPlanner.next(members(NODES + 1), REPLICAS, first);
        Move growth = Move.of(first, grown);
        print("a node comes", grown, members(NODES + 1), growth);
        assertInThreeZones(grown, members(NODES + 1));
        assertThat(grown.shardsOf("n300")).hasSizeBetween(98, 101);
        assertThat(growth.replicas()).isLessThanOrEqualTo(102);

        Placement third = PlacementPlanner.next(members(NODES + 30), REPLICAS, first);
        Move tenth = Move.of(first, third);
        print("thirty nodes come", third, members(NODES + 30), tenth);
        assertEven(third, members(NODES + 30));
        // no more than what the thirty get
        assertThat(tenth.replicas()).isLessThanOrEqualTo(SHARDS * REPLICAS / 11 + 30);

        List<Member> twoZones =
                all.stream().filter(member -> !member.zone().equals("zone-0")).toList();
        Placement zone = PlacementPlanner.next(twoZones, REPLICAS, first);
        Move disaster = Move.of(first, zone);
        print("a zone of a hundred nodes dies", zone, twoZones, disaster);
        assertEven(zone, twoZones);
        assertThat(disaster.replicas()).isEqualTo(SHARDS);
    }
}
