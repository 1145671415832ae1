package io.tsdb.query.http;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A result, and how many of its rows were handed out. One thread.
final class CountedResult implements QueryResult {
    private final QueryResult result;
    private long rowCount;

    CountedResult(QueryResult result) {
        this.result = result;
    }

    long rowCount() {
        return rowCount;
    }

    @Override
    public List<ResultColumn> columns() {
        return result.columns();
    }

    @Override
    public @Nullable ResultBatch next() {
        ResultBatch batch = result.next();
        if (batch != null) {
            rowCount += batch.rowCount();
        }
        return batch;
    }

    @Override
    public MemoryAccount memory() {
        return result.memory();
    }

    @Override
    public void close() {
        result.close();
    }
}
