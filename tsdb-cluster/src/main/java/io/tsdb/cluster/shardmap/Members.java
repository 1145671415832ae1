package io.tsdb.cluster.shardmap;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/// The nodes of a cluster, and into how many shards its data is cut. Each has a replica of each
/// shard.
///
/// @param members by id
public record Members(int shardCount, List<Member> members) {
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
    }

    /// The same for all who know the same members.
    public UUID cluster() {
        return uuid("cluster");
    }

    /// Identity of the group of replicas that keep a log.
    ///
    /// @param log number of a shard, or of the catalog
    public UUID group(int log) {
        return uuid("log-" + log);
    }

    private UUID uuid(String what) {
        String ids = members.stream().map(Member::id).collect(Collectors.joining(","));
        return UUID.nameUUIDFromBytes((what + "/" + ids).getBytes(StandardCharsets.UTF_8));
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
