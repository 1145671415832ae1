package io.tsdb.cluster.read;

import io.tsdb.storage.scan.ScanSource;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What queries of a cluster need of the shards of their node. Any thread.
public interface LocalShards {
    /// A shard whose replica is here.
    Optional<? extends ScanSource> shard(int number);

    /// Done, one by one, when scans here see everything that any node had acknowledged before the
    /// call; fail when no majority says what that is.
    ///
    /// @param numbers of shards that are here, and [io.tsdb.storage.log.NodeLog#CATALOG]
    Map<Integer, CompletableFuture<Void>> caughtUp(Collection<Integer> numbers);

    /// Up to where the catalog is applied here.
    long catalogIndex();

    /// Whether parts of the shard are damaged here, so that another replica is better asked.
    boolean isDamaged(int number);

    /// A scan met a part that is damaged here.
    void damaged(int number);
}
