/// Comparison: the same bytes and the same questions to one server after the other, each started
/// and stopped here on loopback with fresh data, and one table of what came of it.
///
/// In: the names of [Peer]s. Out: a [CompareReport]. A peer that is not found is named with the
/// reason, never guessed. Threads: one, beside those of `load` and `query`. Figures of processes
/// come from /proc (Linux).
@NullMarked
package io.tsdb.loadgen.compare;

import org.jspecify.annotations.NullMarked;
