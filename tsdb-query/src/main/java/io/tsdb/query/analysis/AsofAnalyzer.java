package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Resolves one `ASOF JOIN` or `LT JOIN`. The condition is a list of equalities and one comparison;
/// where columns are named instead, or nothing, the times of both sides are compared.
final class AsofAnalyzer {
    private static final String TAKES =
            " takes equalities and one comparison of both sides, such as a.host = b.host AND"
                    + " a.time >= b.time";

    private final Query.AsofJoin join;
    private final JoinScope scope;
    private final ExpressionBinder binder;
    private final String name;
    private final List<JoinTree.Sides> keys = new ArrayList<>();
    private JoinTree.@Nullable Sides order;
    private ComparisonOperator operator;

    AsofAnalyzer(Query.AsofJoin join, JoinScope scope, ExpressionBinder binder) {
        this.join = join;
        this.scope = scope;
        this.binder = binder;
        this.name = join.isStrict() ? "LT JOIN" : "ASOF JOIN";
        this.operator =
                join.isStrict() ? ComparisonOperator.GREATER : ComparisonOperator.GREATER_OR_EQUAL;
    }

    JoinTree.Asof analyze(JoinTree left, JoinTree right) {
        Expression on = join.on();
        if (on == null) {
            byColumns(left, right);
        } else {
            scope.see(left.begin(), right.end());
            byCondition(binder.condition(on, on.position(), "ON"), left, right, on.position());
        }
        JoinTree.Sides compared = order;
        if (compared == null) {
            throw unsupported(on == null ? join.position() : on.position());
        }
        ColumnType type = compared.left().type();
        if (type != ColumnType.TIMESTAMP && type != ColumnType.INT64) {
            throw Coercion.mismatch(
                    join.position(), name + " goes by times or int64, not " + type.sqlName());
        }
        return new JoinTree.Asof(
                join.keepsLeft(), left, right, keys, compared, operator, tolerance(type));
    }

    private void byColumns(JoinTree left, JoinTree right) {
        JoinKind kind = join.keepsLeft() ? JoinKind.LEFT : JoinKind.INNER;
        for (Expression.Name column : join.using()) {
            JoinTree.Sides sides = JoinAnalyzer.merged(column, kind, scope, left, right);
            if (column.text().equals(Scope.TIME)) {
                order = sides;
            } else {
                keys.add(sides);
            }
        }
        if (order == null) {
            order = new JoinTree.Sides(time(left), time(right));
        }
        scope.see(left.begin(), right.end());
    }

    private BoundExpression time(JoinTree side) {
        return scope.time(side)
                .orElseThrow(
                        () ->
                                new QueryException(
                                        QueryErrorCode.UNKNOWN_COLUMN,
                                        join.position(),
                                        name
                                                + " needs a column time on both sides; of others it"
                                                + " is written ON a.x = b.x AND a.t >= b.t"));
    }

    private void byCondition(
            BoundExpression condition, JoinTree left, JoinTree right, Position at) {
        if (condition instanceof And(List<BoundExpression> operands)) {
            operands.forEach(operand -> byCondition(operand, left, right, at));
            return;
        }
        if (!(condition instanceof Comparison(var compares, var one, var other))
                || compares == ComparisonOperator.NOT_EQUAL) {
            throw unsupported(at);
        }
        JoinTree.Sides sides =
                JoinAnalyzer.sides(one, other, scope, left, right)
                        .orElseThrow(() -> unsupported(at));
        boolean isWritten = sides.left().equals(one);
        if (compares == ComparisonOperator.EQUAL) {
            keys.add(sides);
        } else if (order == null) {
            order = sides;
            operator = isWritten ? compares : compares.mirrored();
        } else {
            throw unsupported(at);
        }
    }

    private QueryException unsupported(Position at) {
        return new QueryException(
                QueryErrorCode.UNSUPPORTED,
                at,
                name
                        + TAKES
                        + "; rows of one side are filtered by a query in its place, those of both"
                        + " by WHERE");
    }

    private @Nullable Long tolerance(ColumnType type) {
        Expression tolerance = join.tolerance();
        if (tolerance == null) {
            return null;
        }
        Position at = tolerance.position();
        if (type != ColumnType.TIMESTAMP) {
            throw Coercion.mismatch(at, "TOLERANCE goes with times");
        }
        Interval length =
                binder.interval(tolerance, true)
                        .orElseThrow(
                                () ->
                                        Coercion.mismatch(
                                                at, "TOLERANCE takes a duration such as 1m"));
        if (length.months() != 0 || length.nanos() < 0) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    at,
                    "TOLERANCE takes a duration of fixed length that is not negative");
        }
        return length.nanos();
    }
}
