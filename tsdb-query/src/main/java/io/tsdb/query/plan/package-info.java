/// Plans: what a query does, as sealed nodes; rules that push work down to the shards, one class
/// each; `EXPLAIN` text.
///
/// In: an [io.tsdb.query.analysis.AnalyzedQuery]. Out: a [Plan] to `exec`, and the [Fragment]s in
/// it to the shards. Pure data; any thread.
@NullMarked
package io.tsdb.query.plan;

import org.jspecify.annotations.NullMarked;
