/// SQL text to syntax tree: ANTLR grammar, sealed records that know where they stand, errors with
/// line and column.
///
/// In: the text of one statement. Out: a [Statement] to `analysis`, or a [QueryException]. Nothing
/// is looked up here: names, types and functions are resolved later. Any thread; a parser is made
/// per statement. The dialect: `docs/sql.md`.
@NullMarked
package io.tsdb.query.sql;

import org.jspecify.annotations.NullMarked;
