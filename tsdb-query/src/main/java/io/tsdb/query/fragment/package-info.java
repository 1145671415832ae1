/// What runs at a shard: scan, filter, partial aggregation, newest rows, one [FragmentTask] for
/// each kind of fragment; and [FragmentRunner], the port by which the engine has it run at every
/// shard.
///
/// In: a fragment of the plan and a [io.tsdb.storage.scan.ScanSource]. Out: batches of rows or of
/// partial aggregates, pulled one at a time by whoever drives the shard's part. One thread at a
/// time per shard; cancellation, time and memory are looked at once per block. Expressions are
/// computed by `evaluation`, rows held by `rows`.
@NullMarked
package io.tsdb.query.fragment;

import org.jspecify.annotations.NullMarked;
