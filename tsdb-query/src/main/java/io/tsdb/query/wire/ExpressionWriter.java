package io.tsdb.query.wire;

import io.tsdb.query.analysis.AnalyzedSelect.Order;
import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.FillMode;
import io.tsdb.query.analysis.Frame;
import io.tsdb.query.analysis.Place;
import io.tsdb.query.analysis.WindowSpec;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.scalar.WallClock;
import io.tsdb.query.wire.WireLayout.ExpressionTag;
import io.tsdb.query.wire.WireLayout.FillTag;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Expressions to bytes.
final class ExpressionWriter {
    private final WireOutput out;

    ExpressionWriter(WireOutput out) {
        this.out = out;
    }

    void write(BoundExpression expression) {
        switch (expression) {
            case BoundExpression.Constant c -> {
                out.raw(ExpressionTag.CONSTANT);
                constant(c);
            }
            case BoundExpression.Failing f -> {
                out.raw(ExpressionTag.FAILING);
                out.raw(WireCodes.of(f.type()));
                out.text(f.code().id());
                out.text(f.text());
                place(f.place());
            }
            case BoundExpression.Time(Place place) -> {
                out.raw(ExpressionTag.TIME);
                place(place);
            }
            case BoundExpression.Tag(String name, Place place) -> {
                out.raw(ExpressionTag.TAG);
                out.text(name);
                place(place);
            }
            case BoundExpression.Field(String name, var type, Place place) -> {
                out.raw(ExpressionTag.FIELD);
                out.text(name);
                out.raw(WireCodes.of(type));
                place(place);
            }
            case BoundExpression.Input(int index, var type, String name, Place place) -> {
                out.raw(ExpressionTag.INPUT);
                out.count(index);
                out.raw(WireCodes.of(type));
                out.text(name);
                place(place);
            }
            case BoundExpression.Call c -> {
                out.raw(ExpressionTag.CALL);
                WireFunctions.write(c.function(), out);
                all(c.arguments());
                out.raw(WireCodes.of(c.type()));
                place(c.place());
            }
            case BoundExpression.Bucket(TimeGrid grid, BoundExpression operand) -> {
                out.raw(ExpressionTag.BUCKET);
                grid(grid);
                write(operand);
            }
            case BoundExpression.Case(var conditions, var results, var type) -> {
                out.raw(ExpressionTag.CASE);
                all(conditions);
                all(results);
                out.raw(WireCodes.of(type));
            }
            case BoundExpression.Arithmetic a -> {
                out.raw(ExpressionTag.ARITHMETIC);
                out.raw(WireCodes.of(a.operator()));
                write(a.left());
                write(a.right());
                out.raw(WireCodes.of(a.type()));
                place(a.place());
            }
            case BoundExpression.Comparison(var operator, var left, var right) -> {
                out.raw(ExpressionTag.COMPARISON);
                out.raw(WireCodes.of(operator));
                write(left);
                write(right);
            }
            case BoundExpression.And(var operands) -> {
                out.raw(ExpressionTag.AND);
                all(operands);
            }
            case BoundExpression.Or(var operands) -> {
                out.raw(ExpressionTag.OR);
                all(operands);
            }
            case BoundExpression.Not(BoundExpression operand) -> {
                out.raw(ExpressionTag.NOT);
                write(operand);
            }
            case BoundExpression.IsNull(BoundExpression operand, boolean negated) -> {
                out.raw(ExpressionTag.IS_NULL);
                write(operand);
                out.flag(negated);
            }
            case BoundExpression.InList(BoundExpression operand, var values, boolean negated) -> {
                out.raw(ExpressionTag.IN_LIST);
                write(operand);
                out.list(values, this::constant);
                out.flag(negated);
            }
            case BoundExpression.Like l -> {
                out.raw(ExpressionTag.LIKE);
                write(l.operand());
                out.text(l.pattern());
                out.flag(l.anyCase());
                out.flag(l.negated());
            }
            case BoundExpression.Regex(
                            BoundExpression operand,
                            String pattern,
                            boolean negated) -> {
                out.raw(ExpressionTag.REGEX);
                write(operand);
                out.text(pattern);
                out.flag(negated);
            }
            case BoundExpression.Cast c -> {
                out.raw(ExpressionTag.CAST);
                write(c.operand());
                out.raw(WireCodes.of(c.type()));
                out.flag(c.tries());
                place(c.place());
            }
            case BoundExpression.WindowCall c -> {
                out.raw(ExpressionTag.WINDOW_CALL);
                WireFunctions.write(c.function(), out);
                all(c.arguments());
                window(c.window());
                out.raw(WireCodes.of(c.type()));
                place(c.place());
            }
            case BoundExpression.Filled(FillMode mode, BoundExpression operand, Place place) -> {
                out.raw(ExpressionTag.FILLED);
                mode(mode);
                write(operand);
                place(place);
            }
            case BoundExpression.Aggregate a -> {
                out.raw(ExpressionTag.AGGREGATE);
                WireFunctions.write(a.function(), out);
                all(a.arguments());
                out.raw(WireCodes.of(a.type()));
                place(a.place());
            }
        }
    }

    void all(List<? extends BoundExpression> expressions) {
        out.list(expressions, this::write);
    }

    void optional(@Nullable BoundExpression expression) {
        out.flag(expression != null);
        if (expression != null) {
            write(expression);
        }
    }

    void constant(BoundExpression.Constant constant) {
        out.raw(WireCodes.of(constant.type()));
        Object value = constant.value();
        out.flag(value != null);
        if (value != null) {
            WireValues.write(value, out);
        }
    }

    private void place(Place place) {
        out.count(place.position().line());
        out.count(place.position().column());
    }

    void grid(TimeGrid grid) {
        out.count(grid.widthMonths());
        out.count(grid.widthNanos());
        out.fixed(grid.origin());
        WallClock clock = grid.clock();
        out.flag(clock != null);
        if (clock != null) {
            out.text(clock.zone().getId());
        }
    }

    private void window(WindowSpec window) {
        all(window.partitionBy());
        out.list(window.orderBy(), this::order);
        Frame frame = window.frame();
        out.flag(frame != null);
        if (frame != null) {
            out.raw(WireCodes.of(frame.unit()));
            bound(frame.start());
            bound(frame.end());
            out.raw(WireCodes.of(frame.exclusion()));
        }
    }

    private void bound(Frame.Bound bound) {
        out.raw(WireCodes.of(bound.edge()));
        out.fixed(bound.whole());
        out.fixed(bound.months());
        out.fixed(Double.doubleToRawLongBits(bound.real()));
    }

    private void order(Order order) {
        write(order.expression());
        out.flag(order.descending());
        out.flag(order.nullsFirst());
    }

    void mode(FillMode mode) {
        switch (mode) {
            case FillMode.Null() -> out.raw(FillTag.NULL);
            case FillMode.Previous() -> out.raw(FillTag.PREVIOUS);
            case FillMode.Next() -> out.raw(FillTag.NEXT);
            case FillMode.Linear() -> out.raw(FillTag.LINEAR);
            case FillMode.Value(BoundExpression.Constant value) -> {
                out.raw(FillTag.VALUE);
                constant(value);
            }
        }
    }
}
