package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A `SELECT` with everything resolved.
///
/// @param relation that the rows come from
/// @param time of the relation's rows, null when they have none
/// @param where of type BOOL, null without
/// @param latestBy tags of `LATEST BY`, empty without
/// @param aggregation null when rows are not grouped
/// @param having over the groups; null without
/// @param filling over the groups that `having` leaves; null without
/// @param windows null when no function is called over a window
/// @param qualify over the same as the outputs; null without
/// @param outputs what the result's columns are; over the rows of the relation, over the groups
///   when there is an aggregation, over the rows of [Filling] when there is one, over the columns
///   of [Windows] when there are any
/// @param orderBy over the same as the outputs
/// @param distinct equal result rows are one; never together with an aggregation that only stands
///   for `DISTINCT`
/// @param limit most rows, `Long.MAX_VALUE` without
/// @param offset rows left out at the start
public record AnalyzedSelect(
        Relation relation,
        @Nullable BoundExpression time,
        @Nullable BoundExpression where,
        List<String> latestBy,
        @Nullable Aggregation aggregation,
        @Nullable BoundExpression having,
        @Nullable Filling filling,
        @Nullable Windows windows,
        @Nullable BoundExpression qualify,
        List<Output> outputs,
        List<Order> orderBy,
        boolean distinct,
        long limit,
        long offset)
        implements AnalyzedQuery {

    /// Columns of another query, as they are or cast.
    static AnalyzedSelect over(Relation relation, List<Output> outputs) {
        return new AnalyzedSelect(
                relation,
                null,
                null,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                outputs,
                List.of(),
                false,
                Long.MAX_VALUE,
                0);
    }

    /// A column of the result.
    ///
    /// @param isLocal whether it is what the clocks of a time zone show, and not when
    public record Output(String name, BoundExpression expression, boolean isLocal) {
        public Output(String name, BoundExpression expression) {
            this(name, expression, false);
        }

        public ColumnType type() {
            return expression.type();
        }
    }

    /// A sort key.
    public record Order(BoundExpression expression, boolean descending, boolean nullsFirst) {}

    @Override
    public List<Column> columns() {
        return outputs.stream().map(output -> new Column(output.name(), output.type())).toList();
    }

    @Override
    public boolean isNull(int column) {
        return Coercion.isNull(outputs.get(column).expression());
    }

    @Override
    public boolean isLocal(int column) {
        return outputs.get(column).isLocal();
    }

    @Override
    public int expressionCount() {
        var all = new ArrayList<BoundExpression>();
        outputs.forEach(output -> all.add(output.expression()));
        orderBy.forEach(order -> all.add(order.expression()));
        if (where != null) {
            all.add(where);
        }
        if (having != null) {
            all.add(having);
        }
        if (qualify != null) {
            all.add(qualify);
        }
        if (aggregation != null) {
            all.addAll(aggregation.keys());
            all.addAll(aggregation.aggregates());
        }
        if (filling != null) {
            all.addAll(filling.columns());
        }
        if (windows != null) {
            all.addAll(windows.columns());
            all.addAll(windows.calls());
        }
        int count = relation.expressionCount();
        for (BoundExpression one : all) {
            count += ExpressionTree.size(one);
        }
        return relationUses() * count;
    }

    /// How often the relation is read: a second time for rows before the range of a [Filling].
    int relationUses() {
        return filling != null && filling.whereBefore() != null ? 2 : 1;
    }

    /// Keys and aggregates of a grouping. Its groups have the columns keys, then aggregates: an
    /// [BoundExpression.Input] over groups counts them in this order.
    public record Aggregation(
            List<BoundExpression> keys, List<BoundExpression.Aggregate> aggregates) {}

    /// Calls over windows. Their rows have `columns`, then a column per call: an
    /// [BoundExpression.Input] over them counts in this order.
    ///
    /// @param columns over the rows or groups
    /// @param calls over the columns
    public record Windows(List<BoundExpression> columns, List<BoundExpression.WindowCall> calls) {}
}
