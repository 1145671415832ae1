package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Aggregation;
import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Splits expressions over rows into an aggregation and expressions over its groups.
final class GroupRewriter {
    private final List<BoundExpression> keys;
    private final Map<String, Integer> keyIndexes = new LinkedHashMap<>();
    private final Map<String, Integer> aggregateIndexes = new LinkedHashMap<>();
    private final List<Aggregate> aggregates = new ArrayList<>();
    private final boolean forDistinct;

    /// @param forDistinct whether the keys are the items of `SELECT DISTINCT`, for errors
    GroupRewriter(List<BoundExpression> groupBy, boolean forDistinct) {
        this.forDistinct = forDistinct;
        this.keys = new ArrayList<>();
        for (BoundExpression key : groupBy) {
            if (keyIndexes.putIfAbsent(ExpressionText.of(key), keys.size()) == null) {
                keys.add(key);
            }
        }
    }

    /// The expression over groups. Aggregates it meets join the aggregation.
    BoundExpression overGroups(BoundExpression expression) {
        String text = ExpressionText.of(expression);
        Integer key = keyIndexes.get(text);
        if (key != null) {
            return new Input(key, expression.type(), text);
        }
        return switch (expression) {
            case Aggregate aggregate -> {
                Integer index = aggregateIndexes.putIfAbsent(text, aggregates.size());
                if (index == null) {
                    index = aggregates.size();
                    aggregates.add(aggregate);
                }
                yield new Input(keys.size() + index, aggregate.type(), text);
            }
            case Time(Position position) -> throw notGrouped(text, position);
            case Tag(_, Position position) -> throw notGrouped(text, position);
            case Field(_, _, Position position) -> throw notGrouped(text, position);
            default -> ExpressionTree.mapChildren(expression, this::overGroups);
        };
    }

    private QueryException notGrouped(String name, Position position) {
        return new QueryException(
                QueryErrorCode.NOT_GROUPED,
                position,
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
