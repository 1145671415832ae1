package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.scalar.ValueOrder;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

/// What a block's statistics say about a condition `field operator constant`.
final class BlockVerdict {
    /// For how many rows of a block a condition is true.
    enum Rows {
        NONE,
        ALL,
        /// Or not known.
        SOME
    }

    private final ComparisonOperator operator;
    private final int column;
    private final ColumnType type;
    private final Object constant;

    private BlockVerdict(
            ComparisonOperator operator, int column, ColumnType type, Object constant) {
        this.operator = operator;
        this.column = column;
        this.type = type;
        this.constant = constant;
    }

    /// @return null when statistics say nothing about such a condition
    static @Nullable BlockVerdict of(BoundExpression condition, ScanColumns columns) {
        if (condition instanceof Comparison(ComparisonOperator operator, Field field, Constant c)
                && field.type() != ColumnType.STRING) {
            Object constant = c.value();
            if (constant != null) {
                return new BlockVerdict(operator, columns.indexOf(field), field.type(), constant);
            }
        }
        return null;
    }

    Rows judge(ScanRows block) {
        ColumnStatistics statistics = block.statistics(column);
        if (statistics == null) {
            return Rows.SOME;
        }
        if (statistics.count() == 0) {
            return Rows.NONE;
        }
        int min = compare(statistics.minBits());
        int max = compare(statistics.maxBits());
        Rows rows =
                switch (operator) {
                    case EQUAL -> equal(min, max);
                    case NOT_EQUAL -> opposite(equal(min, max));
                    case LESS -> max < 0 ? Rows.ALL : min >= 0 ? Rows.NONE : Rows.SOME;
                    case LESS_OR_EQUAL -> max <= 0 ? Rows.ALL : min > 0 ? Rows.NONE : Rows.SOME;
                    case GREATER -> min > 0 ? Rows.ALL : max <= 0 ? Rows.NONE : Rows.SOME;
                    case GREATER_OR_EQUAL -> min >= 0 ? Rows.ALL : max < 0 ? Rows.NONE : Rows.SOME;
                };
        boolean hasNulls = statistics.count() < block.rowCount();
        return rows == Rows.ALL && hasNulls ? Rows.SOME : rows;
    }

    private static Rows equal(int min, int max) {
        if (min > 0 || max < 0) {
            return Rows.NONE;
        }
        return min == 0 && max == 0 ? Rows.ALL : Rows.SOME;
    }

    private static Rows opposite(Rows rows) {
        return switch (rows) {
            case NONE -> Rows.ALL;
            case ALL -> Rows.NONE;
            case SOME -> Rows.SOME;
        };
    }

    private int compare(long bits) {
        return switch (constant) {
            case Double value -> ValueOrder.compare(Double.longBitsToDouble(bits), value);
            case Long value -> Long.compare(bits, value);
            case Boolean value -> Long.compare(bits, value ? 1 : 0);
            default -> throw new IllegalStateException("BUG: " + type + " constant " + constant);
        };
    }
}
