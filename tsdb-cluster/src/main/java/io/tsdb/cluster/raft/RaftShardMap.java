package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.Placement;
import io.tsdb.cluster.shardmap.ShardMap;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// The shards as they are placed, led by whom this node's replicas follow; where it has none, by
/// whom it tries next.
final class RaftShardMap implements ShardMap {
    private final Members members;
    private final Placement placement;
    private final String self;
    private final IntFunction<@Nullable String> leader;

    /// @param leader of a log, by its number: the id of a member, or null
    RaftShardMap(
            Members members,
            Placement placement,
            String self,
            IntFunction<@Nullable String> leader) {
        this.members = members;
        this.placement = placement;
        this.self = self;
        this.leader = leader;
    }

    @Override
    public Member self() {
        return members.member(self);
    }

    @Override
    public List<Member> members() {
        return members.members();
    }

    @Override
    public int shardCount() {
        return placement.shardCount();
    }

    @Override
    public List<Member> replicas(int shard) {
        return placement.replicas(shard).stream().map(members::member).toList();
    }

    @Override
    public Optional<Member> leader(int shard) {
        return Optional.ofNullable(leader.apply(shard)).map(members::member);
    }

    @Override
    public long epoch() {
        return placement.epoch();
    }

    @Override
    public boolean isHere(int shard) {
        return placement.isAt(shard, self);
    }
}
