package io.tsdb.cluster.read;

import io.tsdb.storage.log.NodeLog;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/// The barriers of a statement's shards and of the catalog, asked for when it came, all at once:
/// what it reads first need not wait for one after the other. Any thread.
///
/// @param passed by shard, none for shards that are not here; of the catalog by [NodeLog#CATALOG]
public record ReadPoint(Map<Integer, CompletableFuture<Void>> passed) {
    public ReadPoint {
        passed = Map.copyOf(passed);
    }

    /// Done when this node has of the catalog what was acknowledged.
    public CompletableFuture<Void> catalog() {
        return Objects.requireNonNull(passed.get(NodeLog.CATALOG), "it is at every node");
    }
}
