package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterStateText;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.shard.Store;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The state of the cluster in the catalog, and its only change: whoever was faster counts, and the
/// other one looks again. Any thread.
public final class ClusterDocument {
    private final Store store;
    private final ClusterView view;

    public ClusterDocument(Store store, ClusterView view) {
        this.store = store;
        this.view = view;
    }

    public ClusterState state() {
        return view.state();
    }

    /// Changes the state, for good and on every node.
    ///
    /// @param change asked again when another one came between; what it gives back unchanged stays
    /// @return whether something changed
    /// @throws IOException when no majority takes it: it may or may not have been taken
    public boolean change(UnaryOperator<ClusterState> change) throws IOException {
        while (true) {
            Optional<CatalogState.Document> saved =
                    store.catalog().document(ClusterStateText.DOCUMENT);
            ClusterState before =
                    saved.isPresent() ? ClusterStateText.parse(saved.get().text()) : view.state();
            ClusterState after = change.apply(before);
            if (after.equals(before)) {
                return false;
            }
            long expected = saved.map(CatalogState.Document::index).orElse(0L);
            if (store.setDocument(
                    ClusterStateText.DOCUMENT, expected, ClusterStateText.format(after))) {
                return true;
            }
        }
    }
}
