package io.tsdb.cluster.read;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// The barriers of a statement's shards, asked for when it came, all at once: what it reads first
/// need not wait for one after the other. Any thread.
///
/// @param passed by shard; none for shards that are not here
public record ReadPoint(Map<Integer, CompletableFuture<Void>> passed) {
    public ReadPoint {
        passed = Map.copyOf(passed);
    }
}
