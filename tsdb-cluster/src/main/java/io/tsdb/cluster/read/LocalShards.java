package io.tsdb.cluster.read;

import io.tsdb.storage.scan.ScanSource;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What queries of a cluster need of the shards of their node. Any thread.
public interface LocalShards {
    /// A shard whose replica is here.
    Optional<? extends ScanSource> shard(int number);

    /// Done when scans of the shard here see everything that any node had acknowledged before the
    /// call; fails when no majority says what that is.
    CompletableFuture<Void> caughtUp(int number);

    /// The same of the catalog.
    CompletableFuture<Void> catalogCaughtUp();

    /// Up to where the catalog is applied here.
    long catalogIndex();

    /// Whether parts of the shard are damaged here, so that another replica is better asked.
    boolean isDamaged(int number);

    /// A scan met a part that is damaged here.
    void damaged(int number);
}
