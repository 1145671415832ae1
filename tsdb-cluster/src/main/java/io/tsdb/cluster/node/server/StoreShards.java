package io.tsdb.cluster.node.server;

import io.tsdb.cluster.read.LocalShards;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The shards of this node's store, for queries of the cluster.
record StoreShards(Store store) implements LocalShards {
    @Override
    public Optional<? extends ScanSource> shard(int number) {
        return store.shard(number);
    }

    @Override
    public Map<Integer, CompletableFuture<Void>> caughtUp(Collection<Integer> numbers) {
        return store.caughtUp(numbers);
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
