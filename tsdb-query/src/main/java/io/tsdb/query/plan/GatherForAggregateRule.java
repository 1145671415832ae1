package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.Scan;

import java.util.ArrayList;
import java.util.List;

/// Aggregates that hold their rows are made of what the shards hand back: what they read of a row
/// is computed there, and nothing else is sent.
final class GatherForAggregateRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        if (plan instanceof Aggregate(Scan scan, var keys, var aggregates, var time)
                && aggregates.stream().anyMatch(a -> a.function().holdsRows())) {
            var columns = new ArrayList<BoundExpression>();
            List<BoundExpression> keysAbove = keys.stream().map(k -> above(k, columns)).toList();
            var aggregatesAbove = new ArrayList<BoundExpression.Aggregate>();
            for (BoundExpression.Aggregate a : aggregates) {
                aggregatesAbove.add(
                        new BoundExpression.Aggregate(
                                a.function(),
                                above(a.argument(), columns),
                                a.more().stream().map(m -> above(m, columns)).toList(),
                                a.type(),
                                a.place()));
            }
            boolean usesTime = aggregates.stream().anyMatch(a -> a.function().usesTime());
            BoundExpression timeAbove = usesTime && time != null ? above(time, columns) : null;
            if (columns.isEmpty() && time != null) {
                // rows are counted by a column
                columns.add(time);
            }
            return new Aggregate(new Project(scan, columns), keysAbove, aggregatesAbove, timeAbove);
        }
        return PlanTree.mapInputs(plan, this::apply);
    }

    private static BoundExpression above(BoundExpression below, List<BoundExpression> columns) {
        if (below instanceof Constant) {
            return below;
        }
        int column = columns.indexOf(below);
        if (column < 0) {
            column = columns.size();
            columns.add(below);
        }
        return new Input(column, below.type(), ExpressionText.of(below));
    }
}
