package io.tsdb.query.exec;

import io.tsdb.query.plan.Plan;

import java.util.List;

/// A query that can be run: by [QueryEngine#run], whatever language it was written in.
///
/// @param columns of the answer: those of the plan, with names
/// @param expressionCount columns, constants and operators of all expressions: what evaluating
///   takes memory for
public record PlannedQuery(List<ResultColumn> columns, Plan plan, int expressionCount) {
    public PlannedQuery {
        columns = List.copyOf(columns);
    }
}
