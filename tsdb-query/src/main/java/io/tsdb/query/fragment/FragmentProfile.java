package io.tsdb.query.fragment;

import java.util.ArrayList;
import java.util.List;

/// What a fragment did, shard by shard. Any thread.
public final class FragmentProfile {
    private final List<ScanCounts> shards = new ArrayList<>();

    /// The counts of the next shard; each asks once.
    public synchronized ScanCounts addShard() {
        var counts = new ScanCounts();
        shards.add(counts);
        return counts;
    }

    public synchronized List<ScanCounts> shards() {
        return List.copyOf(shards);
    }
}
