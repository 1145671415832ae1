package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.sql.ComparisonOperator;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A bound of the time of a join's left side, from which one of the right side's follows.
///
/// @param order times of both sides
record TimeBound(ComparisonOperator operator, ColumnType type, long nanos, JoinKey order) {
    /// @return null when the condition is none, or the right side's time may be an error
    static @Nullable TimeBound of(BoundExpression condition, JoinKey order) {
        return condition
                                instanceof
                                Comparison(
                                        ComparisonOperator operator,
                                        var time,
                                        Constant(ColumnType type, Long nanos))
                        && time.equals(order.left())
                        && !ExpressionTree.mayFail(order.right())
                ? new TimeBound(operator, type, nanos, order)
                : null;
    }

    boolean isUpper() {
        return operator.holds(-1) && !operator.holds(1);
    }

    boolean isLower() {
        return operator.holds(1) && !operator.holds(-1);
    }

    /// Adds the bound of the right side that lies so far from this one, unless that is out of the
    /// range of times.
    void addMoved(long distance, ComparisonOperator as, List<BoundExpression> right) {
        long moved = nanos + distance;
        boolean overflows = distance > 0 ? moved < nanos : moved > nanos;
        if (!overflows) {
            right.add(new Comparison(as, order.right(), new Constant(type, moved)));
        }
    }
}
