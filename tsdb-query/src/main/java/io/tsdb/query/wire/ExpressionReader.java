package io.tsdb.query.wire;

import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.FillMode;
import io.tsdb.query.analysis.Frame;
import io.tsdb.query.analysis.Place;
import io.tsdb.query.analysis.WindowSpec;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.WindowFrame;
import io.tsdb.query.wire.WireLayout.ExpressionTag;
import io.tsdb.query.wire.WireLayout.FillTag;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;

/// Bytes to expressions.
final class ExpressionReader {
    private final WireInput in;

    ExpressionReader(WireInput in) {
        this.in = in;
    }

    BoundExpression read() {
        return in.nested(this::readOne);
    }

    private BoundExpression readOne() {
        int tag = in.raw();
        return switch (tag) {
            case ExpressionTag.CONSTANT -> constant();
            case ExpressionTag.FAILING ->
                    new BoundExpression.Failing(type(), errorCode(), in.text(), place());
            case ExpressionTag.TIME -> new BoundExpression.Time(place());
            case ExpressionTag.TAG -> new BoundExpression.Tag(in.text(), place());
            case ExpressionTag.FIELD -> new BoundExpression.Field(in.text(), type(), place());
            case ExpressionTag.INPUT ->
                    new BoundExpression.Input(in.smallCount(), type(), in.text(), place());
            case ExpressionTag.CALL ->
                    new BoundExpression.Call(WireFunctions.scalar(in), all(), type(), place());
            case ExpressionTag.BUCKET -> new BoundExpression.Bucket(grid(), read());
            case ExpressionTag.CASE -> new BoundExpression.Case(all(), all(), type());
            case ExpressionTag.ARITHMETIC ->
                    new BoundExpression.Arithmetic(
                            in.constant(ArithmeticOperator.values(), WireCodes::of),
                            read(),
                            read(),
                            type(),
                            place());
            case ExpressionTag.COMPARISON ->
                    new BoundExpression.Comparison(comparison(), read(), read());
            case ExpressionTag.AND -> new BoundExpression.And(all());
            case ExpressionTag.OR -> new BoundExpression.Or(all());
            case ExpressionTag.NOT -> new BoundExpression.Not(read());
            case ExpressionTag.IS_NULL -> new BoundExpression.IsNull(read(), in.flag());
            case ExpressionTag.IN_LIST ->
                    new BoundExpression.InList(read(), in.list(this::constant), in.flag());
            case ExpressionTag.LIKE ->
                    new BoundExpression.Like(read(), in.text(), in.flag(), in.flag());
            case ExpressionTag.REGEX -> new BoundExpression.Regex(read(), in.text(), in.flag());
            case ExpressionTag.CAST -> new BoundExpression.Cast(read(), type(), in.flag(), place());
            case ExpressionTag.WINDOW_CALL ->
                    new BoundExpression.WindowCall(
                            WireFunctions.window(in), all(), window(), type(), place());
            case ExpressionTag.FILLED -> new BoundExpression.Filled(mode(), read(), place());
            case ExpressionTag.AGGREGATE -> aggregateBody();
            default -> throw in.wrong("there is no expression of kind " + tag);
        };
    }

    private BoundExpression.Aggregate aggregateBody() {
        AggregateFunction function = WireFunctions.aggregate(in);
        List<BoundExpression> arguments = all();
        if (arguments.isEmpty()) {
            throw in.wrong("an aggregate has an argument");
        }
        return new BoundExpression.Aggregate(
                function,
                arguments.getFirst(),
                List.copyOf(arguments.subList(1, arguments.size())),
                type(),
                place());
    }

    List<BoundExpression> all() {
        return in.list(this::read);
    }

    BoundExpression.Aggregate aggregate() {
        if (read() instanceof BoundExpression.Aggregate aggregate) {
            return aggregate;
        }
        throw in.wrong("an aggregate is wanted");
    }

    BoundExpression.WindowCall windowCall() {
        if (read() instanceof BoundExpression.WindowCall call) {
            return call;
        }
        throw in.wrong("a call over a window is wanted");
    }

    @Nullable BoundExpression optional() {
        return in.flag() ? read() : null;
    }

    ColumnType type() {
        return in.constant(ColumnType.values(), WireCodes::of);
    }

    ComparisonOperator comparison() {
        return in.constant(ComparisonOperator.values(), WireCodes::of);
    }

    private QueryErrorCode errorCode() {
        String id = in.text();
        for (QueryErrorCode code : QueryErrorCode.values()) {
            if (code.id().equals(id)) {
                return code;
            }
        }
        throw in.wrong("there is no error '" + id + "'");
    }

    Constant constant() {
        ColumnType type = type();
        Object value = in.flag() ? WireValues.read(in) : null;
        boolean fits =
                switch (value) {
                    case null -> true;
                    case Long _ ->
                            type == ColumnType.TIMESTAMP
                                    || type == ColumnType.INT64
                                    || type == ColumnType.UINT64;
                    case Double _ -> type == ColumnType.FLOAT64;
                    case Boolean _ -> type == ColumnType.BOOL;
                    default -> type == ColumnType.STRING;
                };
        if (!fits) {
            throw in.wrong("a constant does not fit its type " + type.sqlName());
        }
        return new Constant(type, value);
    }

    private Place place() {
        return new Place(new Position(in.smallCount(), in.smallCount()));
    }

    TimeGrid grid() {
        long months = in.count();
        long nanos = in.count();
        long origin = in.fixed();
        String zone = in.flag() ? in.text() : null;
        if ((months == 0) == (nanos == 0)) {
            throw in.wrong("a bucket has a width");
        }
        try {
            return new TimeGrid(
                    months, nanos, origin, zone == null ? null : new WallClock(ZoneId.of(zone)));
        } catch (DateTimeException _) {
            throw in.wrong("this node knows no time zone '" + zone + "'");
        }
    }

    private WindowSpec window() {
        List<BoundExpression> partitionBy = all();
        List<Order> orderBy = in.list(() -> new Order(read(), in.flag(), in.flag()));
        return new WindowSpec(partitionBy, orderBy, in.flag() ? frame() : null);
    }

    private Frame frame() {
        WindowFrame.Unit unit = in.constant(WindowFrame.Unit.values(), WireCodes::of);
        Frame.Bound start = bound();
        Frame.Bound end = bound();
        return new Frame(
                unit, start, end, in.constant(WindowFrame.Exclusion.values(), WireCodes::of));
    }

    private Frame.Bound bound() {
        WindowFrame.Edge edge = in.constant(WindowFrame.Edge.values(), WireCodes::of);
        long whole = in.fixed();
        long months = in.fixed();
        double real = Double.longBitsToDouble(in.fixed());
        if (whole < 0 || months < 0 || !(real >= 0)) {
            throw in.wrong("the distance of a frame is not negative");
        }
        return new Frame.Bound(edge, whole, months, real);
    }

    FillMode mode() {
        int tag = in.raw();
        return switch (tag) {
            case FillTag.NULL -> new FillMode.Null();
            case FillTag.PREVIOUS -> new FillMode.Previous();
            case FillTag.NEXT -> new FillMode.Next();
            case FillTag.LINEAR -> new FillMode.Linear();
            case FillTag.VALUE -> new FillMode.Value(constant());
            default -> throw in.wrong("nothing fills gaps by " + tag);
        };
    }
}
