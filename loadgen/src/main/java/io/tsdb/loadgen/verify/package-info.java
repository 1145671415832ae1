/// Proof that what was acknowledged is there: the points of a ledger are made again and compared
/// with what SQL reads.
///
/// In: a [io.tsdb.loadgen.ledger.Ledger] and a connection for SQL. Out: a [VerifyReport]: lost,
/// invented, different, with examples. Rule: per series, timestamp and field the last acknowledged
/// write counts; a write without an answer may have taken effect or not. Threads: one. Memory: one
/// window of time at a time.
@NullMarked
package io.tsdb.loadgen.verify;

import org.jspecify.annotations.NullMarked;
