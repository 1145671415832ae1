/// Lexer and parser that ANTLR generates from `src/main/antlr4/.../Sql.g4` at build time; nothing
/// here is written by hand.
///
/// In: the text of a statement. Out: a parse tree, to `sql`, which alone imports this package. A
/// parser belongs to one thread.
package io.tsdb.query.sql.grammar;
