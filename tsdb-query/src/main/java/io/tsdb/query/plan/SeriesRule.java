package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;

import java.util.ArrayList;

/// Conditions that read tags alone choose series, by their postings, and leave the filter; but for
/// those that may be an error, since there may be series without a row that reaches them.
final class SeriesRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        return PlanTree.mapScan(plan, SeriesRule::split);
    }

    private static ScanSpec split(ScanSpec scan) {
        var series = new ArrayList<>(Conjunctions.split(scan.series()));
        var rest = new ArrayList<BoundExpression>();
        for (BoundExpression part : Conjunctions.split(scan.filter())) {
            boolean fits = ExpressionTree.readsOnlyTags(part) && !ExpressionTree.mayFail(part);
            (fits ? series : rest).add(part);
        }
        return new ScanSpec(
                scan.database(),
                scan.measurement(),
                scan.range(),
                Conjunctions.join(series),
                Conjunctions.join(rest));
    }
}
