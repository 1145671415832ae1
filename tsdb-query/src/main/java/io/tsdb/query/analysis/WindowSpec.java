package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Order;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// `OVER (PARTITION BY ... ORDER BY ... ROWS ...)`, resolved.
///
/// @param frame null for what SQL takes when none is said: from the partition's first row to the
///   last one that is sorted as the current one, the whole partition without an order
public record WindowSpec(
        List<BoundExpression> partitionBy, List<Order> orderBy, @Nullable Frame frame) {

    /// Whether both sort rows alike, so that one pass can do both.
    public boolean sortsLike(WindowSpec other) {
        return partitionBy.equals(other.partitionBy) && orderBy.equals(other.orderBy);
    }

    List<BoundExpression> expressions() {
        var all = new ArrayList<>(partitionBy);
        orderBy.forEach(order -> all.add(order.expression()));
        return all;
    }

    WindowSpec map(UnaryOperator<BoundExpression> map) {
        return new WindowSpec(
                partitionBy.stream().map(map).toList(),
                orderBy.stream()
                        .map(
                                o ->
                                        new Order(
                                                map.apply(o.expression()),
                                                o.descending(),
                                                o.nullsFirst()))
                        .toList(),
                frame);
    }
}
