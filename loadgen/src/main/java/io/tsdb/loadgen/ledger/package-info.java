/// The ledger: which batches of a run a server has acknowledged, in a file that only grows.
///
/// In: acknowledgements from `load`. Out: their order per lane, for `verify` and for continuing a
/// run. The points themselves are not in it: they are made again from the
/// [io.tsdb.loadgen.workload.StreamConfig] in its first record. Threads: a writer may be shared.
/// Bytes: see [LedgerLayout]. A torn last record is cut; damage before it is an error.
@NullMarked
package io.tsdb.loadgen.ledger;

import org.jspecify.annotations.NullMarked;
