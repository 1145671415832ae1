package io.tsdb.cluster.shardmap;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The state of the cluster as this node has heard of it. Any thread; never waits.
public final class ClusterView {
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private volatile ClusterState state;

    public ClusterView(ClusterState state) {
        this.state = state;
    }

    public ClusterState state() {
        return state;
    }

    public Placement placement() {
        return state.placement();
    }

    public Members members() {
        return state.members();
    }

    /// The catalog has come to another state.
    public void changed(ClusterState next) {
        state = next;
        followers.forEach(Runnable::run);
    }

    /// Tells each change from now on.
    ///
    /// @param follower called by whoever applies the catalog: hands over and returns
    public void follow(Runnable follower) {
        followers.add(follower);
    }
}
