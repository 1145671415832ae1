package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;

import java.util.List;

/// Runs the queries that stand in expressions. They read nothing of the rows around them, so their
/// results are constants for the query around them, and can be bounds of its scans.
public interface SubQueries {
    /// Different values of the query's first column.
    ///
    /// @throws io.tsdb.query.sql.QueryException what running it throws, and `limit_exceeded`
    List<Constant> values(AnalyzedQuery query);

    /// The first column of the query's first rows.
    ///
    /// @param rowsMax most of them
    List<Constant> first(AnalyzedQuery query, int rowsMax);
}
