package io.tsdb.query.http;

/// Is told of each statement when its answer has ended: for metrics and logs. Any thread; must not
/// block.
@FunctionalInterface
public interface StatementWatch {
    /// Looks away.
    StatementWatch NONE = _ -> {};

    void ended(EndedStatement statement);
}
