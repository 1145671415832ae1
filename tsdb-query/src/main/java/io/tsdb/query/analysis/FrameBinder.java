package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.WindowFrame;
import io.tsdb.query.sql.WindowFrame.Edge;
import io.tsdb.query.sql.WindowFrame.Unit;

import java.util.List;
import java.util.Optional;

/// Resolves the frame of a window: its distances are constants, in the unit of what they are
/// distances of.
final class FrameBinder {
    private final ExpressionBinder expressions;

    FrameBinder(ExpressionBinder expressions) {
        this.expressions = expressions;
    }

    Frame bind(WindowFrame frame, List<Order> orderBy) {
        if (frame.unit() == Unit.GROUPS && orderBy.isEmpty()) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    frame.position(),
                    "GROUPS counts groups of rows that are sorted alike: the window needs ORDER"
                            + " BY");
        }
        Frame bound =
                new Frame(
                        frame.unit(),
                        bound(frame, frame.start(), orderBy),
                        bound(frame, frame.end(), orderBy),
                        frame.exclusion());
        if (endsBeforeItStarts(bound.start(), bound.end())) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    frame.position(),
                    "the frame ends before it starts");
        }
        return bound;
    }

    private static boolean endsBeforeItStarts(Frame.Bound start, Frame.Bound end) {
        if (start.edge() == Edge.UNBOUNDED_FOLLOWING || end.edge() == Edge.UNBOUNDED_PRECEDING) {
            return true;
        }
        if (start.edge() != end.edge()) {
            return start.edge().compareTo(end.edge()) > 0;
        }
        boolean isBehind = start.edge() == Edge.FOLLOWING;
        Frame.Bound near = isBehind ? start : end;
        Frame.Bound far = isBehind ? end : start;
        boolean isMixed = near.months() != far.months();
        return !isMixed && (near.whole() > far.whole() || near.real() > far.real());
    }

    private Frame.Bound bound(WindowFrame frame, WindowFrame.Bound bound, List<Order> orderBy) {
        Expression distance = bound.distance();
        if (distance == null) {
            return new Frame.Bound(bound.edge(), 0, 0, 0);
        }
        return frame.unit() == Unit.RANGE
                ? ofValues(frame, bound, distance, orderBy)
                : new Frame.Bound(bound.edge(), count(frame, bound, distance), 0, 0);
    }

    private long count(WindowFrame frame, WindowFrame.Bound bound, Expression distance) {
        BoundExpression value = expressions.bind(distance);
        if (value instanceof Constant(ColumnType type, Long count) && type == ColumnType.INT64) {
            requireNotNegative(bound, count < 0);
            if (count > Integer.MAX_VALUE) {
                throw new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        bound.position(),
                        count + " rows are more than a frame may have");
            }
            return count;
        }
        throw Coercion.mismatch(
                bound.position(),
                "a distance of " + frame.unit() + " is a whole number, such as 2 PRECEDING");
    }

    private Frame.Bound ofValues(
            WindowFrame frame, WindowFrame.Bound bound, Expression distance, List<Order> orderBy) {
        if (orderBy.size() != 1) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    frame.position(),
                    "a distance of RANGE is one of the value that the window is sorted by: it needs"
                            + " ORDER BY one expression, and has "
                            + orderBy.size());
        }
        ColumnType type = orderBy.getFirst().expression().type();
        return switch (type) {
            case TIMESTAMP -> ofTimes(bound, distance);
            case INT64, UINT64, FLOAT64 -> ofNumbers(bound, distance, type);
            case BOOL, STRING ->
                    throw Coercion.mismatch(
                            bound.position(),
                            "a distance of RANGE is one of times or numbers; the window is sorted"
                                    + " by "
                                    + type.sqlName());
        };
    }

    private Frame.Bound ofTimes(WindowFrame.Bound bound, Expression distance) {
        Optional<Interval> interval = expressions.interval(distance, true);
        if (interval.isEmpty()) {
            throw Coercion.mismatch(
                    bound.position(), "a distance of times is an interval, such as 5m PRECEDING");
        }
        Interval length = interval.get();
        requireNotNegative(bound, length.months() < 0 || length.nanos() < 0);
        return new Frame.Bound(bound.edge(), length.nanos(), length.months(), 0);
    }

    private Frame.Bound ofNumbers(WindowFrame.Bound bound, Expression distance, ColumnType type) {
        BoundExpression value = expressions.bind(distance);
        if (type != ColumnType.FLOAT64
                && value instanceof Constant(ColumnType given, Long whole)
                && given == ColumnType.INT64) {
            requireNotNegative(bound, whole < 0);
            return new Frame.Bound(bound.edge(), whole, 0, 0);
        }
        if (type == ColumnType.FLOAT64
                && Coercion.to(value, type, bound.position()).orElse(value)
                        instanceof Constant(_, Double real)) {
            requireNotNegative(bound, !(real >= 0));
            return new Frame.Bound(bound.edge(), 0, 0, real);
        }
        throw Coercion.mismatch(
                bound.position(),
                "a distance of " + type.sqlName() + " is a constant of that type");
    }

    private static void requireNotNegative(WindowFrame.Bound bound, boolean isNegative) {
        if (isNegative) {
            Position at = bound.position();
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE, at, "the distance of a frame is not negative");
        }
    }
}
