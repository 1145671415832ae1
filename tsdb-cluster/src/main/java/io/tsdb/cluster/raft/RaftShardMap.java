package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.cluster.shardmap.ShardMap;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// The shards as they are placed, led by whom this node's replicas follow; where it has none, by
/// whom it tries next.
final class RaftShardMap implements ShardMap {
    private final ClusterView view;
    private final Member self;
    private final IntFunction<@Nullable String> leader;

    /// @param leader of a log, by its number: the id of a member, or null
    RaftShardMap(ClusterView view, String self, IntFunction<@Nullable String> leader) {
        this.view = view;
        this.self = view.members().member(self);
        this.leader = leader;
    }

    @Override
    public Member self() {
        return self;
    }

    @Override
    public List<Member> members() {
        return view.members().members();
    }

    @Override
    public int shardCount() {
        return view.placement().shardCount();
    }

    @Override
    public List<Member> replicas(int shard) {
        ClusterState now = view.state();
        return now.placement().replicas(shard).stream().map(now.members()::member).toList();
    }

    @Override
    public Optional<Member> leader(int shard) {
        Members now = view.members();
        return Optional.ofNullable(leader.apply(shard)).filter(now::has).map(now::member);
    }

    @Override
    public long epoch() {
        return view.placement().epoch();
    }

    @Override
    public boolean isHere(int shard) {
        return view.placement().isAt(shard, self.id());
    }
}
