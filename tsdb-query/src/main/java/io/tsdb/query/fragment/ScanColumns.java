package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.evaluation.ColumnLayout;

import java.util.ArrayList;
import java.util.List;

/// Which columns of a measurement a fragment reads, and where they stand in its windows: the time,
/// then fields, then tags.
final class ScanColumns implements ColumnLayout {
    static final int TIME = 0;

    private final List<String> fields = new ArrayList<>();
    private final List<ColumnType> fieldTypes = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();

    /// Columns of all these expressions, each once.
    ScanColumns(List<? extends BoundExpression> expressions) {
        for (BoundExpression expression : expressions) {
            ExpressionTree.visit(expression, this::add);
        }
    }

    private void add(BoundExpression expression) {
        if (expression instanceof Field(String name, ColumnType type, _)
                && !fields.contains(name)) {
            fields.add(name);
            fieldTypes.add(type);
        } else if (expression instanceof Tag(String name, _) && !tags.contains(name)) {
            tags.add(name);
        }
    }

    List<String> fields() {
        return fields;
    }

    ColumnType fieldType(int field) {
        return fieldTypes.get(field);
    }

    ColumnType type(int column) {
        if (column == TIME) {
            return ColumnType.TIMESTAMP;
        }
        return isField(column) ? fieldType(fieldOf(column)) : ColumnType.STRING;
    }

    List<String> tags() {
        return tags;
    }

    int count() {
        return 1 + fields.size() + tags.size();
    }

    boolean isField(int column) {
        return column > TIME && column <= fields.size();
    }

    /// Index into the cursor's columns.
    int fieldOf(int column) {
        return column - 1;
    }

    int tagOf(int column) {
        return column - 1 - fields.size();
    }

    @Override
    public int indexOf(BoundExpression leaf) {
        return switch (leaf) {
            case Time _ -> TIME;
            case Field(String name, _, _) -> 1 + fields.indexOf(name);
            case Tag(String name, _) -> 1 + fields.size() + tags.indexOf(name);
            default -> throw new IllegalStateException("BUG: " + leaf + " is no scanned column");
        };
    }
}
