package io.tsdb.query.sql;

import io.tsdb.query.sql.WindowFrame.Edge;
import io.tsdb.query.sql.WindowFrame.Exclusion;
import io.tsdb.query.sql.WindowFrame.Unit;
import io.tsdb.query.sql.grammar.SqlParser.CurrentRowFrameContext;
import io.tsdb.query.sql.grammar.SqlParser.DistanceFrameContext;
import io.tsdb.query.sql.grammar.SqlParser.ExcludeCurrentRowContext;
import io.tsdb.query.sql.grammar.SqlParser.ExcludeGroupContext;
import io.tsdb.query.sql.grammar.SqlParser.ExcludeNothingContext;
import io.tsdb.query.sql.grammar.SqlParser.ExcludeTiesContext;
import io.tsdb.query.sql.grammar.SqlParser.ExclusionContext;
import io.tsdb.query.sql.grammar.SqlParser.FrameBoundContext;
import io.tsdb.query.sql.grammar.SqlParser.FrameContext;
import io.tsdb.query.sql.grammar.SqlParser.NamedWindowContext;
import io.tsdb.query.sql.grammar.SqlParser.OverContext;
import io.tsdb.query.sql.grammar.SqlParser.OverNamedContext;
import io.tsdb.query.sql.grammar.SqlParser.OverSpecifiedContext;
import io.tsdb.query.sql.grammar.SqlParser.UnboundedFrameContext;
import io.tsdb.query.sql.grammar.SqlParser.WindowSpecContext;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Parse tree to syntax tree: windows. Those that `WINDOW` names are put where they are meant, so
/// that nothing behind the syntax tree knows of names.
final class WindowBuilder {
    private final ExpressionBuilder expressions;

    /// By name, of the queries that are being built, the innermost first.
    private final Deque<Map<String, Expression.Window>> named = new ArrayDeque<>();

    WindowBuilder(ExpressionBuilder expressions) {
        this.expressions = expressions;
    }

    /// How many queries are being built.
    int depth() {
        return named.size();
    }

    /// The windows of a select, until [#leave]; each sees those before it.
    void enter(List<NamedWindowContext> contexts) {
        var windows = new HashMap<String, Expression.Window>();
        named.push(windows);
        for (NamedWindowContext context : contexts) {
            String name = expressions.name(context.name()).text();
            Expression.Window window =
                    window(ExpressionBuilder.position(context), context.windowSpec());
            if (windows.putIfAbsent(name, window) != null) {
                throw new QueryException(
                        QueryErrorCode.AMBIGUOUS_NAME,
                        ExpressionBuilder.position(context),
                        "WINDOW names '" + name + "' twice");
            }
        }
    }

    /// Forgets those of the queries that were entered since there were so many.
    void leave(int depth) {
        while (named.size() > depth) {
            named.pop();
        }
    }

    Expression.Window over(OverContext context) {
        return switch (context) {
            case OverNamedContext c -> find(expressions.name(c.windowName));
            case OverSpecifiedContext c -> window(ExpressionBuilder.position(c), c.windowSpec());
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Expression.Window find(Expression.Name name) {
        Map<String, Expression.Window> windows = named.peek();
        Expression.Window window = windows == null ? null : windows.get(name.text());
        if (window == null) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_COLUMN,
                    name.position(),
                    "unknown window '"
                            + name.text()
                            + "'"
                            + (windows == null || windows.isEmpty()
                                    ? "; windows are named by WINDOW name AS (...), or stand in"
                                            + " parentheses behind OVER"
                                    : NearestName.hint(name.text(), windows.keySet())));
        }
        return window;
    }

    private Expression.Window window(Position at, WindowSpecContext context) {
        var partitionBy = new ArrayList<Expression>();
        context.partition.forEach(p -> partitionBy.add(expressions.condition(p)));
        var orderBy = new ArrayList<Query.OrderItem>();
        context.orderItem().forEach(item -> orderBy.add(expressions.orderItem(item)));
        WindowFrame frame = frame(context.frame());
        if (context.base == null) {
            return new Expression.Window(at, partitionBy, orderBy, frame);
        }
        Expression.Window base = find(expressions.name(context.base));
        boolean isTwice =
                !partitionBy.isEmpty()
                        || !orderBy.isEmpty() && !base.orderBy().isEmpty()
                        || base.frame() != null;
        if (isTwice) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    ExpressionBuilder.position(context),
                    "behind a window's name ORDER BY and a frame may stand, where it has none");
        }
        return new Expression.Window(
                at, base.partitionBy(), orderBy.isEmpty() ? base.orderBy() : orderBy, frame);
    }

    private @Nullable WindowFrame frame(@Nullable FrameContext context) {
        if (context == null) {
            return null;
        }
        Position at = ExpressionBuilder.position(context);
        Unit unit =
                context.ROWS() != null
                        ? Unit.ROWS
                        : context.RANGE() != null ? Unit.RANGE : Unit.GROUPS;
        return new WindowFrame(
                at,
                unit,
                bound(context.start),
                context.end == null
                        ? new WindowFrame.Bound(at, Edge.CURRENT_ROW, null)
                        : bound(context.end),
                exclusion(context.exclusion()));
    }

    private WindowFrame.Bound bound(FrameBoundContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case UnboundedFrameContext c ->
                    new WindowFrame.Bound(
                            at,
                            c.PRECEDING() == null
                                    ? Edge.UNBOUNDED_FOLLOWING
                                    : Edge.UNBOUNDED_PRECEDING,
                            null);
            case CurrentRowFrameContext _ -> new WindowFrame.Bound(at, Edge.CURRENT_ROW, null);
            case DistanceFrameContext c ->
                    new WindowFrame.Bound(
                            at,
                            c.PRECEDING() == null ? Edge.FOLLOWING : Edge.PRECEDING,
                            expressions.value(c.distance));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private static Exclusion exclusion(@Nullable ExclusionContext context) {
        return switch (context) {
            case null -> Exclusion.NO_OTHERS;
            case ExcludeNothingContext _ -> Exclusion.NO_OTHERS;
            case ExcludeCurrentRowContext _ -> Exclusion.CURRENT_ROW;
            case ExcludeGroupContext _ -> Exclusion.GROUP;
            case ExcludeTiesContext _ -> Exclusion.TIES;
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }
}
