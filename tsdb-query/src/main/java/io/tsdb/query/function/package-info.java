/// The list of all SQL functions; scalar ones in `scalar`, aggregates in `aggregate`, those over
/// windows in `window`, a class each; and those of other dialects, with what to write here.
///
/// In: names from `analysis`. Out: the functions. Adding one: a class, a line in [Functions], a
/// `sql/function/<name>.test`, a row in `docs/sql.md`; `FunctionsTest` fails when one is missing.
@NullMarked
package io.tsdb.query.function;

import org.jspecify.annotations.NullMarked;
