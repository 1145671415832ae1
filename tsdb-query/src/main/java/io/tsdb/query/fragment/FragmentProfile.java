package io.tsdb.query.fragment;

import java.util.ArrayList;
import java.util.List;

/// What a fragment did, shard by shard. Any thread.
public final class FragmentProfile {
    private final List<Entry> shards = new ArrayList<>();

    /// What it did at one shard.
    ///
    /// @param where which shard, and where it is when that is another node
    public record Entry(String where, ScanCounts counts) {}

    /// The counts of a shard of this node; each asks once.
    public ScanCounts addShard(int number) {
        var counts = new ScanCounts();
        add("shard " + number, counts);
        return counts;
    }

    /// Counts that another node made.
    public synchronized void add(String where, ScanCounts counts) {
        shards.add(new Entry(where, counts));
    }

    public synchronized List<Entry> shards() {
        return List.copyOf(shards);
    }
}
