/// Sending: batches from a source over connections, in closed loop or at a given rate, with what
/// came of it measured.
///
/// In: [BatchSource]s, one per lane. Out: a [LoadReport], and acknowledgements into a ledger.
/// Latency counts from the moment at which a batch was due, so a server that stalls is charged for
/// the batches that had to wait (no coordinated omission). Threads: one per lane ([LaneSender]);
/// [LoadRun] watches them.
@NullMarked
package io.tsdb.loadgen.load;

import org.jspecify.annotations.NullMarked;
