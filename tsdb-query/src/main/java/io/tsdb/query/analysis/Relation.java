package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.List;

/// What a `SELECT` reads its rows from.
public sealed interface Relation {
    /// Rows of a measurement: expressions name its columns by [BoundExpression.Time],
    /// [BoundExpression.Tag] and [BoundExpression.Field].
    record Measurement(MeasurementSchema schema) implements Relation {}

    /// Rows of another query: expressions name its columns by [BoundExpression.Input].
    ///
    /// @param names of the columns, in order
    record Derived(AnalyzedQuery query, List<String> names) implements Relation {}

    /// One row without columns: there is no `FROM`.
    record Nothing() implements Relation {}

    /// Rows of relations side by side: expressions name columns by [BoundExpression.Input], which
    /// counts in `columns`.
    ///
    /// @param parts in the order of the tree's leaves
    record Joined(JoinTree tree, List<Part> parts, List<Column> columns) implements Relation {
        public Joined {
            parts = List.copyOf(parts);
            columns = List.copyOf(columns);
        }
    }

    /// One of the relations of a join.
    ///
    /// @param columns what is read of its rows; at least one
    record Part(Relation relation, List<BoundExpression> columns) {
        public Part {
            columns = List.copyOf(columns);
        }
    }

    /// @param part number of the relation that the column is of; one behind the last of an
    ///   aggregate of a `WINDOW JOIN`
    /// @param index of the column among those that are read of it, or of the aggregate
    /// @param name for errors and EXPLAIN
    record Column(int part, int index, ColumnType type, String name) {}

    /// Columns, constants and operators below the rows.
    default int expressionCount() {
        return switch (this) {
            case Derived(AnalyzedQuery query, _) -> query.expressionCount();
            case Joined joined -> {
                int count = joined.tree().expressionCount();
                for (Part part : joined.parts()) {
                    count += part.relation().expressionCount();
                    for (BoundExpression column : part.columns()) {
                        count += ExpressionTree.size(column);
                    }
                }
                yield count;
            }
            case Measurement _, Nothing _ -> 0;
        };
    }
}
