package io.tsdb.cluster.read;

import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.ScanSource;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/// Runs fragments at the shards of this node. Any thread.
///
/// The caller's thread takes part: what no thread of the executor has begun yet, it does itself, so
/// a query goes on even when the executor is busy or refuses.
public final class LocalFragmentRunner implements FragmentRunner {
    private final List<NumberedShard> shards;
    private final Executor executor;

    /// @param executor runs the shards' parts; about as many threads as cores serve best
    public LocalFragmentRunner(List<? extends ScanSource> shards, Executor executor) {
        this.shards =
                IntStream.range(0, shards.size())
                        .mapToObj(number -> new NumberedShard(number, shards.get(number)))
                        .toList();
        this.executor = executor;
    }

    @Override
    public PartialResults run(Fragment fragment, QueryControl control) {
        var results = new LocalResults(fragment, shards, control, executor);
        results.start();
        return results;
    }
}
