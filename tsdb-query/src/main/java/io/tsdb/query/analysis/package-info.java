/// Names, types and functions resolved: syntax tree to typed expressions and analyzed queries.
///
/// In: a [io.tsdb.query.sql.Query], the schemas of its measurements, parameter values, the time at
/// which the query starts. Out: an [AnalyzedQuery] to `plan` (a select over a measurement, a join
/// or another query, one put together of two, rows of constants), or a
/// [io.tsdb.query.sql.QueryException] that says where and what was meant. Queries in expressions
/// are run meanwhile, by [SubQueries]; everything else is pure. One thread a statement. Rules of
/// types and nulls: `docs/sql.md`.
@NullMarked
package io.tsdb.query.analysis;

import org.jspecify.annotations.NullMarked;
