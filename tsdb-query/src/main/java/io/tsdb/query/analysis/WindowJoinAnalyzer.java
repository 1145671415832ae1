package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.WindowFrame;

import java.util.ArrayList;
import java.util.List;

/// Resolves one `WINDOW JOIN`: the equalities of its condition, and its span of time.
final class WindowJoinAnalyzer {
    private final Query.WindowJoin join;
    private final JoinScope scope;
    private final ExpressionBinder binder;
    private final List<JoinTree.Sides> keys = new ArrayList<>();

    WindowJoinAnalyzer(Query.WindowJoin join, JoinScope scope, ExpressionBinder binder) {
        this.join = join;
        this.scope = scope;
        this.binder = binder;
    }

    JoinTree.Window analyze(JoinTree left, JoinTree right) {
        for (Expression.Name column : join.using()) {
            if (column.text().equals(Scope.TIME)) {
                throw unsupported(column.position());
            }
            keys.add(JoinAnalyzer.merged(column, JoinKind.LEFT, scope, left, right));
        }
        scope.see(left.begin(), right.end());
        Expression on = join.on();
        if (on != null) {
            byCondition(binder.condition(on, on.position(), "ON"), left, right, on.position());
        }
        long from = nanos(join.start());
        long to = nanos(join.end());
        if (from > to) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    join.end().position(),
                    "the span of WINDOW JOIN ends before it begins");
        }
        return new JoinTree.Window(
                left,
                right,
                keys,
                new JoinTree.Sides(time(left), time(right)),
                from,
                to,
                join.withPrevailing(),
                List.of());
    }

    private void byCondition(
            BoundExpression condition, JoinTree left, JoinTree right, Position at) {
        if (condition instanceof And(List<BoundExpression> operands)) {
            operands.forEach(operand -> byCondition(operand, left, right, at));
            return;
        }
        if (!(condition instanceof Comparison(var compares, var one, var other))
                || compares != ComparisonOperator.EQUAL) {
            throw unsupported(at);
        }
        keys.add(
                JoinAnalyzer.sides(one, other, scope, left, right)
                        .orElseThrow(() -> unsupported(at)));
    }

    private static QueryException unsupported(Position at) {
        return new QueryException(
                QueryErrorCode.UNSUPPORTED,
                at,
                "WINDOW JOIN takes equalities of both sides, such as a.host = b.host; times are"
                    + " compared by RANGE, rows of the left side filtered by WHERE, those of the"
                    + " right one by FILTER (WHERE ...) or a query in its place");
    }

    private BoundExpression time(JoinTree side) {
        return scope.time(side)
                .orElseThrow(
                        () ->
                                new QueryException(
                                        QueryErrorCode.UNKNOWN_COLUMN,
                                        join.position(),
                                        "WINDOW JOIN needs a column time on both sides"));
    }

    private long nanos(WindowFrame.Bound edge) {
        Expression distance = edge.distance();
        if (distance == null) {
            return 0;
        }
        Interval length =
                binder.interval(distance, true)
                        .orElseThrow(
                                () ->
                                        Coercion.mismatch(
                                                edge.position(),
                                                "a distance of times is an interval, such as 5m"
                                                        + " PRECEDING"));
        if (length.months() != 0 || length.nanos() < 0) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    edge.position(),
                    "WINDOW JOIN takes durations of fixed length that are not negative");
        }
        return edge.edge() == WindowFrame.Edge.PRECEDING ? -length.nanos() : length.nanos();
    }
}
