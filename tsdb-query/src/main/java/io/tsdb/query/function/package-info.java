/// The list of all SQL functions; scalar ones in `scalar`, aggregates in `aggregate`, a class each.
///
/// In: names from `analysis`. Out: the functions. Adding one: a class, a line in [Functions], a
/// `sql/function/<name>.test`, a row in `docs/sql.md`; `FunctionsTest` fails when one is missing.
@NullMarked
package io.tsdb.query.function;

import org.jspecify.annotations.NullMarked;
