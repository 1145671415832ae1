package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A `SELECT` with everything resolved.
///
/// @param database of the measurement
/// @param measurement null without `FROM`
/// @param outputs what the result's columns are; over the rows, or over the groups when there is an
///   aggregation
/// @param where of type BOOL, null without
/// @param aggregation null when rows are not grouped
/// @param having over the groups; null without
/// @param orderBy over the same as the outputs
/// @param distinct equal result rows are one; never together with an aggregation that only stands
///   for `DISTINCT`
/// @param latestBy tags of `LATEST BY`, empty without
/// @param limit most rows, `Long.MAX_VALUE` without
/// @param offset rows left out at the start
public record AnalyzedSelect(
        String database,
        @Nullable MeasurementSchema measurement,
        List<Output> outputs,
        @Nullable BoundExpression where,
        @Nullable Aggregation aggregation,
        @Nullable BoundExpression having,
        List<Order> orderBy,
        boolean distinct,
        List<String> latestBy,
        long limit,
        long offset) {

    /// A column of the result.
    public record Output(String name, BoundExpression expression) {
        public ColumnType type() {
            return expression.type();
        }
    }

    /// A sort key.
    public record Order(BoundExpression expression, boolean descending, boolean nullsFirst) {}

    /// Columns, constants and operators of all expressions: what evaluating takes memory for. The
    /// constants of an `IN` list do not count.
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
        if (aggregation != null) {
            all.addAll(aggregation.keys());
            all.addAll(aggregation.aggregates());
        }
        var count = new AtomicInteger();
        all.forEach(one -> ExpressionTree.visit(one, _ -> count.incrementAndGet()));
        return count.get();
    }

    /// Keys and aggregates of a grouping. Its groups have the columns keys, then aggregates: an
    /// [BoundExpression.Input] over groups counts them in this order.
    public record Aggregation(
            List<BoundExpression> keys, List<BoundExpression.Aggregate> aggregates) {}
}
