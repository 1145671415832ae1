/// Aggregates: one class per function, each with accumulators that take in rows, ranges of rows and
/// block statistics, hand out partial states, merge them and finish.
///
/// In: argument vectors and slots (a slot is a group's number) from `fragment`; states from other
/// shards. Out: states or results as columns. Whatever way the input is split, partial + merge
/// gives what one pass gives (`AggregateContractTest`); of float64 a sum taken in twice the digits,
/// rounded once (`AggregateNumericsTest`), but for the last bits of what is taken from the sums of
/// blocks. An accumulator belongs to one thread.
@NullMarked
package io.tsdb.query.function.aggregate;

import org.jspecify.annotations.NullMarked;
