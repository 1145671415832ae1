package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;

import java.util.List;

/// An `INSERT` with everything resolved.
///
/// @param rows with the target's columns, in their order and of their types
public record AnalyzedInsert(
        String database, String measurement, List<Column> columns, AnalyzedQuery rows) {
    public AnalyzedInsert {
        columns = List.copyOf(columns);
    }

    /// A column that is written: one is the time, one at least a field.
    public record Column(String name, Kind kind, ColumnType type) {}

    /// What a column is to a point.
    public enum Kind {
        TIME("the time"),
        TAG("a tag"),
        FIELD("a field");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /// For error texts.
        public String text() {
            return text;
        }
    }
}
