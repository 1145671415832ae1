package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Scan;

import java.util.ArrayList;

/// A condition right above a scan becomes the scan's own. What was there before stays before it.
final class FilterIntoScanRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        Plan below = PlanTree.mapInputs(plan, this::apply);
        if (below instanceof Filter(Scan(ScanSpec spec), BoundExpression condition)) {
            var parts = new ArrayList<>(Conjunctions.split(spec.filter()));
            parts.addAll(Conjunctions.split(condition));
            return new Scan(
                    new ScanSpec(
                            spec.database(),
                            spec.measurement(),
                            spec.range(),
                            spec.series(),
                            Conjunctions.join(parts)));
        }
        return below;
    }
}
