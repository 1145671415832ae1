package io.tsdb.cluster.node.server;

import io.tsdb.cluster.read.LocalShards;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The shards of this node's store, for queries of the cluster.
record StoreShards(Store store) implements LocalShards {
    @Override
    public Optional<? extends ScanSource> shard(int number) {
        return store.shard(number);
    }

    @Override
    public CompletableFuture<Void> caughtUp(int number) {
        return store.caughtUp(number);
    }

    @Override
    public CompletableFuture<Void> catalogCaughtUp() {
        return store.caughtUp(NodeLog.CATALOG);
    }

    @Override
    public long catalogIndex() {
        return store.catalog().appliedIndex();
    }

    @Override
    public boolean isDamaged(int number) {
        return store.shard(number).map(Shard::isDamaged).orElse(false);
    }

    @Override
    public void damaged(int number) {
        // the shard has noted it, and /health says so
    }
}
