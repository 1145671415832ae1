package io.tsdb.query.fragment;

import io.tsdb.query.plan.Fragment;

/// Runs a fragment at every shard, in parallel: the port between the engine and the cluster. Any
/// thread.
public interface FragmentRunner {
    /// Starts the fragment at every shard that may hold its data.
    ///
    /// @param control checked by every shard once per block
    PartialResults run(Fragment fragment, QueryControl control);
}
