package io.tsdb.cluster.shardmap;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decides which members keep which shard. Pure: the same members and the same placement before
/// give the same one, on every node.
///
/// Each replica goes where, in this order: its shard has none in the zone yet; fewest replicas are;
/// fewest shards are shared with those who keep this one already, so that what a dead member kept
/// is found at many others. Nothing moves that need not: replicas stay at members that stay, to
/// even them out no more are moved than it takes, and of each shard a majority stays where it was,
/// which the others are copied from.
public final class PlacementPlanner {
    private static final int NOBODY = -1;

    private final List<Member> members;
    private final int replicas;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final int[] zones;

    /// By shard: numbers of members, in the order in which they were chosen.
    private final List<List<Integer>> shards = new ArrayList<>();

    /// Replicas of each member.
    private final int[] loads;

    /// How many shards two members share.
    private final int[][] shared;

    private final @Nullable Placement before;

    private PlacementPlanner(
            List<Member> members, int shardCount, int replicas, @Nullable Placement before) {
        this.members = members;
        this.before = before;
        this.replicas = Math.min(replicas, members.size());
        this.zones = new int[members.size()];
        var zoneNumbers = new HashMap<String, Integer>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            numbers.put(member.id(), i);
            // one that names none is a zone of its own
            String zone = member.zone().isEmpty() ? "/" + member.id() : member.zone();
            zones[i] = zoneNumbers.computeIfAbsent(zone, _ -> zoneNumbers.size());
        }
        this.loads = new int[members.size()];
        this.shared = new int[members.size()][members.size()];
        for (int shard = 0; shard < shardCount; shard++) {
            shards.add(new ArrayList<>());
        }
    }

    /// Places the shards of a cluster that begins.
    public static Placement first(Members cluster) {
        return first(cluster.members(), cluster.shardCount(), cluster.replicas());
    }

    /// Places so many shards, each so many times.
    ///
    /// @param members by id
    public static Placement first(List<Member> members, int shardCount, int replicas) {
        return place(members, shardCount, replicas, null);
    }

    /// Places the shards anew for members that came or went, with as few moves as that takes.
    ///
    /// @param members that keep shards from now on, by id
    public static Placement next(List<Member> members, int replicas, Placement before) {
        return place(members, before.shardCount(), replicas, before);
    }

    private static Placement place(
            List<Member> members, int shardCount, int replicas, @Nullable Placement before) {
        if (members.isEmpty()) {
            throw new IllegalArgumentException("nobody is left to keep " + shardCount + " shards");
        }
        var planner = new PlacementPlanner(members, shardCount, replicas, before);
        if (before != null) {
            planner.keep(before);
        }
        planner.fill();
        planner.even();
        return new Placement(before == null ? 0 : before.epoch() + 1, planner.ledBy(before));
    }

    /// Takes over the replicas of members that stay.
    private void keep(Placement before) {
        for (int shard = 0; shard < shards.size(); shard++) {
            for (String id : before.replicas(shard)) {
                Integer member = numbers.get(id);
                if (member != null && shards.get(shard).size() < replicas) {
                    add(shard, member);
                }
            }
        }
    }

    private void fill() {
        for (int shard = 0; shard < shards.size(); shard++) {
            while (shards.get(shard).size() < replicas) {
                add(shard, best(shard));
            }
        }
    }

    private void add(int shard, int member) {
        for (int other : shards.get(shard)) {
            shared[other][member]++;
            shared[member][other]++;
        }
        shards.get(shard).add(member);
        loads[member]++;
    }

    private void remove(int shard, int member) {
        shards.get(shard).remove((Integer) member);
        for (int other : shards.get(shard)) {
            shared[other][member]--;
            shared[member][other]--;
        }
        loads[member]--;
    }

    private int best(int shard) {
        int best = NOBODY;
        for (int member = 0; member < members.size(); member++) {
            if (!shards.get(shard).contains(member)
                    && (best == NOBODY || isBetter(shard, member, best))) {
                best = member;
            }
        }
        return best;
    }

    private boolean isBetter(int shard, int member, int other) {
        int inZone = inZone(shard, zones[member]) - inZone(shard, zones[other]);
        if (inZone != 0) {
            return inZone < 0;
        }
        if (loads[member] != loads[other]) {
            return loads[member] < loads[other];
        }
        return shares(shard, member) < shares(shard, other);
    }

    private int inZone(int shard, int zone) {
        int count = 0;
        for (int member : shards.get(shard)) {
            if (zones[member] == zone) {
                count++;
            }
        }
        return count;
    }

    private int shares(int shard, int member) {
        int sum = 0;
        for (int other : shards.get(shard)) {
            sum += shared[member][other];
        }
        return sum;
    }

    /// Moves replicas one by one, each from the member with most, until none has two more than
    /// another that may have one of its shards.
    private void even() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int from : byLoad()) {
                if (moveFrom(from)) {
                    moved = true;
                    break;
                }
            }
        }
    }

    /// Members, those with most replicas first.
    private int[] byLoad() {
        Integer[] order = new Integer[members.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Integer.compare(loads[b], loads[a]));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    private boolean moveFrom(int from) {
        int least = Arrays.stream(loads).min().orElse(0);
        for (int shard = 0; shard < shards.size() && loads[from] > least + 1; shard++) {
            if (!shards.get(shard).contains(from) || !mayLeave(shard, from)) {
                continue;
            }
            remove(shard, from);
            int to = best(shard);
            if (loads[to] < loads[from] && inZone(shard, zones[to]) <= inZone(shard, zones[from])) {
                add(shard, to);
                return true;
            }
            add(shard, from);
        }
        return false;
    }

    /// Whether those that kept a shard before are a majority of its replicas without a member, or
    /// it is none of them.
    private boolean mayLeave(int shard, int member) {
        Placement old = before;
        if (old == null || !old.isAt(shard, members.get(member).id())) {
            return true;
        }
        int stay = -1;
        for (int other : shards.get(shard)) {
            if (old.isAt(shard, members.get(other).id())) {
                stay++;
            }
        }
        return stay > replicas / 2;
    }

    /// Puts first, in each shard, who should lead it: as many for each member as can be, and who
    /// should before, where that is no worse.
    private List<List<String>> ledBy(@Nullable Placement before) {
        int[] leaders = new int[shards.size()];
        int[] led = new int[members.size()];
        for (int shard = 0; shard < leaders.length; shard++) {
            List<Integer> at = shards.get(shard);
            Integer old = before == null ? null : numbers.get(before.leader(shard));
            int leader = old != null && at.contains(old) ? old : least(at, led);
            leaders[shard] = leader;
            led[leader]++;
        }
        while (shiftLead(leaders, led)) {
            // until nobody leads two more than another
        }
        var result = new ArrayList<List<String>>();
        for (int shard = 0; shard < leaders.length; shard++) {
            var ids = new ArrayList<String>();
            ids.add(members.get(leaders[shard]).id());
            for (int member : shards.get(shard)) {
                if (member != leaders[shard]) {
                    ids.add(members.get(member).id());
                }
            }
            result.add(ids);
        }
        return result;
    }

    private static int least(List<Integer> at, int[] led) {
        int best = at.getFirst();
        for (int member : at) {
            if (led[member] < led[best]) {
                best = member;
            }
        }
        return best;
    }

    /// Passes one shard on from a member that leads most, over others if need be, to one that leads
    /// at least two fewer.
    private boolean shiftLead(int[] leaders, int[] led) {
        int most = 0;
        for (int member = 1; member < led.length; member++) {
            if (led[member] > led[most]) {
                most = member;
            }
        }
        int[] by = new int[led.length]; // shard that a member would get, from its leader
        Arrays.fill(by, NOBODY);
        var seen = new boolean[led.length];
        var next = new ArrayDeque<Integer>();
        seen[most] = true;
        next.add(most);
        List<List<Integer>> ledShards = ledShards(leaders);
        while (!next.isEmpty()) {
            int from = next.remove();
            for (int shard : ledShards.get(from)) {
                for (int to : shards.get(shard)) {
                    if (!seen[to]) {
                        seen[to] = true;
                        by[to] = shard;
                        if (led[to] + 1 < led[most]) {
                            passOn(to, most, by, leaders, led);
                            return true;
                        }
                        next.add(to);
                    }
                }
            }
        }
        return false;
    }

    private List<List<Integer>> ledShards(int[] leaders) {
        var result = new ArrayList<List<Integer>>();
        members.forEach(_ -> result.add(new ArrayList<>()));
        for (int shard = 0; shard < leaders.length; shard++) {
            result.get(leaders[shard]).add(shard);
        }
        return result;
    }

    private static void passOn(int last, int first, int[] by, int[] leaders, int[] led) {
        int to = last;
        led[last]++;
        while (to != first) {
            int shard = by[to];
            int from = leaders[shard];
            leaders[shard] = to;
            to = from;
        }
        led[first]--;
    }
}
