package io.tsdb.query.http;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;

/// Runs a statement; [io.tsdb.query.exec] has the engine. Any thread.
@FunctionalInterface
public interface StatementRunner {
    /// @throws io.tsdb.query.sql.QueryException when the statement cannot be answered
    QueryResult execute(String sql, Session session);
}
