package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Aggregation;
import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Splits expressions over rows into an aggregation and expressions over its groups.
final class GroupRewriter {
    private final List<BoundExpression> keys;
    private final Map<BoundExpression, Integer> keyIndexes = new LinkedHashMap<>();
    private final Map<BoundExpression, Integer> aggregateIndexes = new LinkedHashMap<>();
    private final List<Aggregate> aggregates = new ArrayList<>();
    private final boolean forDistinct;

    /// @param forDistinct whether the keys are the items of `SELECT DISTINCT`, for errors
    GroupRewriter(List<BoundExpression> groupBy, boolean forDistinct) {
        this.forDistinct = forDistinct;
        this.keys = new ArrayList<>();
        for (BoundExpression key : groupBy) {
            if (keyIndexes.putIfAbsent(key, keys.size()) == null) {
                keys.add(key);
            }
        }
    }

    /// The expression over groups. Aggregates it meets join the aggregation.
    BoundExpression overGroups(BoundExpression expression) {
        if (expression instanceof Constant) {
            return expression;
        }
        Integer key = keyIndexes.get(expression);
        if (key != null) {
            return new Input(key, expression.type(), ExpressionText.of(expression));
        }
        return switch (expression) {
            case Aggregate aggregate -> {
                Integer index = aggregateIndexes.putIfAbsent(aggregate, aggregates.size());
                if (index == null) {
                    index = aggregates.size();
                    aggregates.add(aggregate);
                }
                yield new Input(
                        keys.size() + index, aggregate.type(), ExpressionText.of(aggregate));
            }
            case Time(Place place) -> throw notGrouped(expression, place);
            case Tag(_, Place place) -> throw notGrouped(expression, place);
            case Field(_, _, Place place) -> throw notGrouped(expression, place);
            case Input(_, _, _, Place place) -> throw notGrouped(expression, place);
            default -> ExpressionTree.mapChildren(expression, this::overGroups);
        };
    }

    private QueryException notGrouped(BoundExpression column, Place place) {
        String name = column instanceof Input input ? input.name() : ExpressionText.of(column);
        return new QueryException(
                QueryErrorCode.NOT_GROUPED,
                place.position(),
                forDistinct
                        ? "with SELECT DISTINCT, ORDER BY can only use what is selected; '"
                                + name
                                + "' is not"
                        : "column '"
                                + name
                                + "' must stand in GROUP BY or inside an aggregate such as last("
                                + name
                                + ")");
    }

    Aggregation aggregation() {
        return new Aggregation(List.copyOf(keys), List.copyOf(aggregates));
    }
}
