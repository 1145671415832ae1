package io.tsdb.cluster.shardmap;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/// The nodes of a cluster, into how many shards its data is cut, and how many keep each.
///
/// @param cluster identity, given once
/// @param replicas of a shard, on as many members; fewer while there are fewer members
/// @param members by id
public record Members(UUID cluster, int shardCount, int replicas, List<Member> members) {
    public Members {
        members = members.stream().sorted(Comparator.comparing(Member::id)).toList();
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a cluster without a member");
        }
        var ids = new HashSet<String>();
        for (Member member : members) {
            if (!ids.add(member.id())) {
                throw new IllegalArgumentException("two members have the id " + member.id());
            }
        }
        if (shardCount < 1 || shardCount > 1024) {
            throw new IllegalArgumentException("1 to 1024 shards, not " + shardCount);
        }
        if (replicas != 1 && replicas != 3 && replicas != 5) {
            throw new IllegalArgumentException("1, 3 or 5 replicas of a shard, not " + replicas);
        }
    }

    /// A cluster that begins: the same for all who know the same members.
    public Members(int shardCount, int replicas, List<Member> members) {
        this(firstIdentity(members), shardCount, replicas, members);
    }

    private static UUID firstIdentity(List<Member> members) {
        return uuid(
                members.stream()
                        .map(Member::id)
                        .sorted()
                        .collect(Collectors.joining(",", "cluster/", "")));
    }

    /// Identity of the group of replicas that keep a log.
    ///
    /// @param log number of a shard, or of the catalog
    public UUID group(int log) {
        return uuid("log-" + log + "/" + cluster);
    }

    private static UUID uuid(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// @throws IllegalArgumentException when there is none of that id
    public Member member(String id) {
        return members.stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the cluster has no member " + id));
    }

    public boolean has(String id) {
        return members.stream().anyMatch(one -> one.id().equals(id));
    }
}
