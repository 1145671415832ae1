/// Plans, fragments and batches of rows as bytes: what one node sends another to run, and what it
/// gets back.
///
/// In: a [io.tsdb.query.plan.Plan] or [io.tsdb.query.plan.Fragment] whose names and types are
/// resolved, or a [io.tsdb.query.column.ColumnBatch]. Out: the same, read from bytes; functions are
/// known by name and version. Bytes: `docs/format/plan.md`; numbers: [WireLayout]. Whoever reads
/// trusts nothing: what is no plan is a [WireException] that names the place. Any thread; a writer
/// or reader belongs to one.
@NullMarked
package io.tsdb.query.wire;

import org.jspecify.annotations.NullMarked;
