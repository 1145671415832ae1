/// Names, types and functions resolved: syntax tree to typed expressions and an analyzed select.
///
/// In: a [io.tsdb.query.sql.Statement], the schema of its measurement, parameter values, the time
/// at which the query starts. Out: an [AnalyzedSelect] to `plan`, or a
/// [io.tsdb.query.sql.QueryException] that says where and what was meant. Pure; any thread. Rules
/// of types and nulls: `docs/sql.md`.
@NullMarked
package io.tsdb.query.analysis;

import org.jspecify.annotations.NullMarked;
