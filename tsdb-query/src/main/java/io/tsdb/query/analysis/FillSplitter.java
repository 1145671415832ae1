package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Filled;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.FillMode.Linear;
import io.tsdb.query.analysis.FillMode.Value;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Splits expressions over groups into columns that are filled, and expressions over those.
final class FillSplitter {
    /// @param source as it was written, before its type was made to fit the mode
    private record Wanted(BoundExpression source, FillMode mode) {}

    private final List<BoundExpression> keys;
    private final List<BoundExpression> columns = new ArrayList<>();
    private final List<FillMode> modes = new ArrayList<>();
    private final Map<Wanted, Integer> indexes = new HashMap<>();
    private final Map<BoundExpression, Integer> firstIndexes = new HashMap<>();

    /// @param keys over the rows
    FillSplitter(List<BoundExpression> keys) {
        this.keys = keys;
    }

    /// Columns of the groups that are there beside rows.
    List<BoundExpression> columns() {
        var all = new ArrayList<BoundExpression>();
        for (int i = 0; i < keys.size(); i++) {
            all.add(new Input(i, keys.get(i).type(), ExpressionText.of(keys.get(i))));
        }
        all.addAll(columns);
        return all;
    }

    List<FillMode> modes() {
        return modes;
    }

    /// The expression over filled columns, where aggregates are NULL in gaps but for those in
    /// `locf` and `interpolate`.
    BoundExpression overGaps(BoundExpression expression) {
        return switch (expression) {
            case Filled(FillMode mode, BoundExpression operand, Place place) ->
                    column(operand, mode, place.position());
            case Input(int index, _, _, _) when index >= keys.size() ->
                    column(expression, new FillMode.Null(), Position.NONE);
            default -> ExpressionTree.mapChildren(expression, this::overGaps);
        };
    }

    /// The expression over filled columns, where whatever is computed of aggregates is filled as a
    /// whole.
    BoundExpression overFilled(BoundExpression expression, FillMode mode, Position position) {
        if (ExpressionTree.hasWindow(expression)) {
            return ExpressionTree.mapChildren(expression, e -> overFilled(e, mode, position));
        }
        return readsAggregate(expression) ? column(expression, mode, position) : expression;
    }

    /// As [#overFilled(BoundExpression, FillMode, Position)], where what is filled already is taken
    /// as it is.
    BoundExpression again(BoundExpression expression, FillMode mode, Position position) {
        if (ExpressionTree.hasWindow(expression)) {
            return ExpressionTree.mapChildren(expression, e -> again(e, mode, position));
        }
        Integer index = firstIndexes.get(expression);
        return index == null ? overFilled(expression, mode, position) : input(index);
    }

    boolean readsAggregate(BoundExpression expression) {
        return expression instanceof Input input && input.index() >= keys.size()
                || ExpressionTree.children(expression).stream().anyMatch(this::readsAggregate);
    }

    private BoundExpression column(BoundExpression source, FillMode mode, Position position) {
        Integer index = indexes.get(new Wanted(source, mode));
        if (index == null) {
            index = columns.size();
            columns.add(mode instanceof Linear ? number(source, position) : source);
            modes.add(
                    mode instanceof Value(Constant value)
                            ? fitting(value, source, position)
                            : mode);
            indexes.put(new Wanted(source, mode), index);
            firstIndexes.putIfAbsent(source, index);
        }
        return input(index);
    }

    private Input input(int index) {
        BoundExpression column = columns.get(index);
        return new Input(keys.size() + index, column.type(), ExpressionText.of(column));
    }

    private static BoundExpression number(BoundExpression source, Position position) {
        return Coercion.to(source, ColumnType.FLOAT64, position)
                .orElseThrow(
                        () ->
                                Coercion.mismatch(
                                        position,
                                        "FILL(linear) takes numbers, and "
                                                + text(source)
                                                + " is "
                                                + source.type().sqlName()
                                                + "; give each aggregate its own:"
                                                + " FILL(linear, previous)"));
    }

    private static FillMode fitting(Constant value, BoundExpression source, Position position) {
        if (Coercion.to(value, source.type(), position).orElse(null) instanceof Constant fitting) {
            return new Value(fitting);
        }
        throw Coercion.mismatch(
                position,
                "FILL("
                        + ExpressionText.of(value)
                        + ") does not fit "
                        + text(source)
                        + ", which is "
                        + source.type().sqlName()
                        + "; give each aggregate its own: FILL(0, null)");
    }

    private static String text(BoundExpression source) {
        return source instanceof Input input ? input.name() : ExpressionText.of(source);
    }
}
