/// What a node counts and measures, as `/metrics` shows it and as the node keeps it in its own
/// database.
///
/// In: counters of the other parts of a node, read when asked for, so that the hot paths know
/// nothing of this. Out: Prometheus text, rows of the database `_system`. Names: `tsdb_`, the noun,
/// the unit; the list is `docs/metrics.md`, which a test compares. Threads: any.
@NullMarked
package io.tsdb.cluster.node.metrics;

import org.jspecify.annotations.NullMarked;
