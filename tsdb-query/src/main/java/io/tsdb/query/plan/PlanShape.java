package io.tsdb.query.plan;

import io.tsdb.query.analysis.AnalyzedSelect;
import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What of a plan stays when the same is asked of other rows.
public final class PlanShape {
    private PlanShape() {}

    /// The one scan that a plan reads from.
    ///
    /// @return null when there is none, or more
    public static @Nullable ScanSpec onlyScan(Plan plan) {
        var found = new ArrayList<ScanSpec>();
        PlanTree.mapScan(
                plan,
                scan -> {
                    found.add(scan);
                    return scan;
                });
        return found.size() == 1 ? found.getFirst() : null;
    }

    /// The plan over other rows.
    public static Plan withScan(Plan plan, ScanSpec scan) {
        return PlanTree.mapScan(plan, _ -> scan);
    }

    /// Whether a plan over these rows is one over those but for its scan: the rules look at nothing
    /// of it but whether there is a filter.
    public static boolean isAlike(ScanSpec one, ScanSpec other) {
        return (one.filter() == null) == (other.filter() == null)
                && one.database().equals(other.database())
                && one.measurement().equals(other.measurement());
    }

    /// Whether running it cannot find an error, which would name a place in the text.
    public static boolean cannotFail(AnalyzedSelect select) {
        List<BoundExpression> all = new ArrayList<>();
        select.outputs().forEach(output -> all.add(output.expression()));
        select.orderBy().forEach(order -> all.add(order.expression()));
        if (select.where() != null) {
            all.add(select.where());
        }
        if (select.having() != null) {
            all.add(select.having());
        }
        AnalyzedSelect.Aggregation aggregation = select.aggregation();
        if (aggregation != null) {
            all.addAll(aggregation.keys());
            all.addAll(aggregation.aggregates());
        }
        return select.filling() == null
                && select.windows() == null
                && select.qualify() == null
                && all.stream().noneMatch(ExpressionTree::mayFail);
    }
}
