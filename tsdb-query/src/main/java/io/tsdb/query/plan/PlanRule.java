package io.tsdb.query.plan;

/// Rewrites a plan into one that gives the same rows with less work.
interface PlanRule {
    /// The plan with this rule applied, or the same plan where it does not fit.
    Plan apply(Plan plan);
}
