package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.storage.model.TimeRange;

import java.util.ArrayList;

/// Comparisons of the time with constants become the range of the scan, which cuts rows exactly,
/// and leave the filter.
final class TimeRangeRule implements PlanRule {
    @Override
    public Plan apply(Plan plan) {
        return PlanTree.mapScan(plan, TimeRangeRule::narrow);
    }

    private static ScanSpec narrow(ScanSpec scan) {
        TimeRange range = scan.range();
        var rest = new ArrayList<BoundExpression>();
        for (BoundExpression part : Conjunctions.split(scan.filter())) {
            if (part instanceof Comparison(ComparisonOperator operator, Time _, Constant bound)
                    && bound.value() instanceof Long time
                    && operator != ComparisonOperator.NOT_EQUAL) {
                range = intersect(range, operator, time);
            } else {
                rest.add(part);
            }
        }
        return new ScanSpec(
                scan.database(), scan.measurement(), range, scan.series(), Conjunctions.join(rest));
    }

    private static TimeRange intersect(TimeRange range, ComparisonOperator operator, long time) {
        long after = time == Long.MAX_VALUE ? time : time + 1;
        boolean none = time == Long.MAX_VALUE && operator == ComparisonOperator.GREATER;
        if (none) {
            return empty(range);
        }
        return switch (operator) {
            case EQUAL -> between(range, time, after);
            case LESS -> between(range, Long.MIN_VALUE, time);
            case LESS_OR_EQUAL -> between(range, Long.MIN_VALUE, after);
            case GREATER -> between(range, after, Long.MAX_VALUE);
            case GREATER_OR_EQUAL -> between(range, time, Long.MAX_VALUE);
            case NOT_EQUAL -> range;
        };
    }

    private static TimeRange between(TimeRange range, long from, long to) {
        long start = Math.max(range.fromNanos(), from);
        long end = Math.min(range.toNanos(), to);
        return start > end ? empty(range) : new TimeRange(start, end);
    }

    private static TimeRange empty(TimeRange range) {
        long at = Math.min(range.fromNanos(), Long.MAX_VALUE - 1);
        return new TimeRange(at, at);
    }
}
