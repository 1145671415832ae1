/// Compaction: which parts are merged into which, and the merge.
///
/// In: summaries of a measurement's parts ([CompactionPlanner], a pure function), then the parts
/// themselves ([PartMerge], one thread, bounded memory). Out: parts that hold the same rows, each
/// once; whoever called enters them into the shard's set. Also here: how a flush is cut into days
/// ([PartitionPlan]).
@NullMarked
package io.tsdb.storage.compaction;

import org.jspecify.annotations.NullMarked;
