package io.tsdb.cluster.shardmap;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/// The state of the cluster as this node has heard of it. Any thread; never waits.
public final class ClusterView {
    private final Levels levels;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private volatile ClusterState state;

    /// Of a node that runs this program.
    public ClusterView(ClusterState state) {
        this(state, Levels.CURRENT);
    }

    /// @param levels that this node speaks
    public ClusterView(ClusterState state, Levels levels) {
        this.levels = levels;
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

    /// The level that the cluster is at: nothing may be written that is not of it.
    public int level() {
        return state.level().level();
    }

    /// The catalog has come to another state.
    public void changed(ClusterState next) {
        state = next;
        followers.forEach(Runnable::run);
    }

    /// The catalog has come to another text of the cluster's state.
    ///
    /// @return the level when it has gone up
    /// @throws IllegalStateException when this node does not speak the cluster's level: it must not
    ///   apply what comes behind that
    public OptionalInt changed(String text) {
        int next = ClusterStateText.level(text);
        if (!levels.has(next)) {
            throw new IllegalStateException(levels.refusal(next));
        }
        boolean isRaised = next > level();
        changed(ClusterStateText.parse(text));
        return isRaised ? OptionalInt.of(next) : OptionalInt.empty();
    }

    /// Tells each change from now on.
    ///
    /// @param follower called by whoever applies the catalog: hands over and returns
    public void follow(Runnable follower) {
        followers.add(follower);
    }
}
