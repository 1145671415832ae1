package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.exec.RunningQueries.Running;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The result of a statement that is listed among the running ones until it is closed.
record RunningResult(StreamedResult result, Running running, RunningQueries queries)
        implements QueryResult {
    @Override
    public List<ResultColumn> columns() {
        return result.columns();
    }

    @Override
    public @Nullable ResultBatch next() {
        ResultBatch batch = result.next();
        running.rowCount(result.rowCount());
        return batch;
    }

    @Override
    public MemoryAccount memory() {
        return result.memory();
    }

    @Override
    public void close() {
        queries.leave(running);
        result.close();
    }
}
