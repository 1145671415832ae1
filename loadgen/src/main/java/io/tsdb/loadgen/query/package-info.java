/// Queries of the TSBS use cases: what is asked, how each server is asked it, how long it takes,
/// and whether the answer is right.
///
/// In: a [io.tsdb.loadgen.workload.StreamConfig] that was loaded. Out: [QueryReport]s. What an
/// answer must be is computed from the seed ([Expectations]), not asked from any server. Threads:
/// one connection per thread in [QueryRun]; the rest is pure.
@NullMarked
package io.tsdb.loadgen.query;

import org.jspecify.annotations.NullMarked;
