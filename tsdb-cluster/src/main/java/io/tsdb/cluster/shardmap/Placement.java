package io.tsdb.cluster.shardmap;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Which members keep which shard. What makes one: [PlacementPlanner].
///
/// @param epoch grows with every change
/// @param replicas by shard: ids of members, first the one that should lead
public record Placement(long epoch, List<List<String>> replicas) {
    public Placement {
        var copy = new ArrayList<List<String>>(replicas.size());
        for (int shard = 0; shard < replicas.size(); shard++) {
            List<String> members = List.copyOf(replicas.get(shard));
            if (members.isEmpty() || new HashSet<>(members).size() != members.size()) {
                throw new IllegalArgumentException(
                        "shard " + shard + " cannot be kept by " + members);
            }
            copy.add(members);
        }
        replicas = List.copyOf(copy);
    }

    public int shardCount() {
        return replicas.size();
    }

    public List<String> replicas(int shard) {
        return replicas.get(shard);
    }

    /// Who should lead a shard.
    public String leader(int shard) {
        return replicas.get(shard).getFirst();
    }

    public boolean isAt(int shard, String member) {
        return replicas.get(shard).contains(member);
    }

    /// Shards that a member keeps.
    public List<Integer> shardsOf(String member) {
        var shards = new ArrayList<Integer>();
        for (int shard = 0; shard < replicas.size(); shard++) {
            if (isAt(shard, member)) {
                shards.add(shard);
            }
        }
        return shards;
    }

    /// The same, but for one shard.
    public Placement with(int shard, List<String> members) {
        var next = new ArrayList<>(replicas);
        next.set(shard, members);
        return new Placement(epoch + 1, next);
    }

    /// Replicas that are here and were not there before: each is a copy that has to be made.
    public int movedSince(Placement before) {
        int moved = 0;
        for (int shard = 0; shard < replicas.size(); shard++) {
            for (String member : replicas.get(shard)) {
                if (!before.isAt(shard, member)) {
                    moved++;
                }
            }
        }
        return moved;
    }
}
