/// Expressions computed over rows, a vector at a time.
///
/// In: an [io.tsdb.query.analysis.BoundExpression] and where its columns lie; then, for each
/// [RowWindow], its columns. Out: an [io.tsdb.query.column.ColumnVector] from each [Evaluator],
/// which holds until the next call. An evaluator belongs to one thread, and so does all that is in
/// it. What is computed for which rows, since others may be errors: guards in `docs/sql.md`.
@NullMarked
package io.tsdb.query.evaluation;

import org.jspecify.annotations.NullMarked;
