package io.tsdb.query.oracle;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.memory.TestPoint;

import java.util.List;

/// What is judged: takes points, answers queries.
public interface OracleTarget {
    /// Takes all points, in the order in which they are to arrive: of points of the same series and
    /// time the later wins, field by field. Called once; when it returns, queries see every point.
    void write(List<TestPoint> points);

    QueryResult execute(String sql);
}
