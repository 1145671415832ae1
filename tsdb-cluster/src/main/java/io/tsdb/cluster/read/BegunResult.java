package io.tsdb.cluster.read;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A result whose first batch was pulled already. One thread.
final class BegunResult implements QueryResult {
    private final QueryResult result;
    private @Nullable ResultBatch first;
    private final boolean isEmpty;

    /// Pulls it; closes the result when that fails.
    static BegunResult of(QueryResult result) {
        boolean pulled = false;
        try {
            ResultBatch first = result.next();
            pulled = true;
            return new BegunResult(result, first);
        } finally {
            if (!pulled) {
                result.close();
            }
        }
    }

    private BegunResult(QueryResult result, @Nullable ResultBatch first) {
        this.result = result;
        this.first = first;
        this.isEmpty = first == null;
    }

    @Override
    public List<ResultColumn> columns() {
        return result.columns();
    }

    @Override
    public @Nullable ResultBatch next() {
        ResultBatch begun = first;
        if (begun != null || isEmpty) {
            first = null;
            return begun;
        }
        return result.next();
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
