package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

/// Expressions of a `SELECT` over a `WINDOW JOIN`: aggregates in them become its columns, and they
/// read nothing else of its right side.
final class WindowJoinColumns {
    private final JoinScope scope;
    private final JoinTree.Window window;

    WindowJoinColumns(JoinScope scope, JoinTree.Window window) {
        this.scope = scope;
        this.window = window;
    }

    /// The expression over the columns of the left side and of the aggregates.
    BoundExpression over(BoundExpression expression) {
        if (expression instanceof Aggregate aggregate) {
            ExpressionTree.visit(
                    aggregate,
                    e -> {
                        if (e instanceof Input input && !isOfRight(input)) {
                            throw refused(
                                    input,
                                    "an aggregate beside WINDOW JOIN is one of its right side; '"
                                            + input.name()
                                            + "' is of the left one");
                        }
                    });
            return scope.column(aggregate);
        }
        if (expression instanceof Input input && isOfRight(input)) {
            throw refused(
                    input,
                    "column '"
                            + input.name()
                            + "' of the right side of WINDOW JOIN must stand inside an aggregate"
                            + " such as last("
                            + input.name()
                            + ")");
        }
        return ExpressionTree.mapChildren(expression, this::over);
    }

    /// @throws QueryException when a condition reads anything of the right side
    void requireLeft(@Nullable BoundExpression where) {
        if (where == null) {
            return;
        }
        ExpressionTree.visit(
                where,
                e -> {
                    if (e instanceof Input input && isOfRight(input)) {
                        throw refused(
                                input,
                                "WHERE filters the left side of WINDOW JOIN; rows of the right one"
                                        + " are filtered by FILTER (WHERE ...) or a query in its"
                                        + " place");
                    }
                });
    }

    private boolean isOfRight(Input input) {
        return scope.readsOnly(input, window.right());
    }

    private static QueryException refused(Input input, String text) {
        return new QueryException(QueryErrorCode.NOT_GROUPED, input.place().position(), text);
    }

    /// What stands in a `SELECT` that groups rows.
    static QueryException grouped(Position position) {
        return new QueryException(
                QueryErrorCode.UNSUPPORTED,
                position,
                "WINDOW JOIN gives a row for each of its left side; group them in a query around:"
                        + " SELECT ... FROM (SELECT ... WINDOW JOIN ...) GROUP BY ...");
    }
}
