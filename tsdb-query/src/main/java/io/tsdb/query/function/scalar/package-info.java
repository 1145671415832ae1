/// Scalar functions: a value per row from values of the same row, one class per function.
///
/// In: argument vectors of resolved types. Out: a result vector. Functions have no state; any
/// thread. What each does: `docs/sql.md`.
@NullMarked
package io.tsdb.query.function.scalar;

import org.jspecify.annotations.NullMarked;
