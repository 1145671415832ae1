package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Query.SetOperator;

import java.util.List;

/// A query with everything resolved.
public sealed interface AnalyzedQuery
        permits AnalyzedSelect, AnalyzedQuery.Combined, AnalyzedQuery.Rows {
    /// A column of the result.
    record Column(String name, ColumnType type) {}

    List<Column> columns();

    /// Whether a column is known to be NULL in every row: it has no type of its own then.
    boolean isNull(int column);

    /// Whether a column is what the clocks of a time zone show, and not when.
    boolean isLocal(int column);

    /// Columns, constants and operators of all expressions: what evaluating takes memory for. The
    /// constants of an `IN` list and of `VALUES` do not count.
    int expressionCount();

    /// `UNION`, `EXCEPT`, `INTERSECT` of two queries with columns of the same types.
    ///
    /// @param all whether equal rows stay as many as they are
    record Combined(SetOperator operator, boolean all, AnalyzedQuery left, AnalyzedQuery right)
            implements AnalyzedQuery {
        @Override
        public List<Column> columns() {
            return left.columns();
        }

        @Override
        public boolean isNull(int column) {
            return left.isNull(column) && right.isNull(column);
        }

        @Override
        public boolean isLocal(int column) {
            return left.isLocal(column) || right.isLocal(column);
        }

        @Override
        public int expressionCount() {
            return left.expressionCount() + right.expressionCount();
        }
    }

    /// `VALUES`.
    record Rows(List<Column> columns, List<List<Constant>> rows) implements AnalyzedQuery {
        @Override
        public boolean isNull(int column) {
            return rows.stream().allMatch(row -> row.get(column).value() == null);
        }

        @Override
        public boolean isLocal(int column) {
            return false;
        }

        @Override
        public int expressionCount() {
            return columns.size();
        }
    }
}
