package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnType;

/// A column of a result.
///
/// @param name the alias, or the text of the expression
public record ResultColumn(String name, ColumnType type) {}
