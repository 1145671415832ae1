package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Rows of an answer, pulled batch by batch while shards still work. One thread; closed by whoever
/// asked, also when it stops early: closing cancels what still runs.
public interface QueryResult extends AutoCloseable {
    /// Never empty.
    List<ResultColumn> columns();

    /// The next rows, at least one, or null at the end. The batch is reused: it holds until the
    /// next call.
    ///
    /// Blocks until rows are there, the query's time limit at most.
    ///
    /// @throws io.tsdb.query.sql.QueryException when a value passes its range, a limit is reached
    ///   or the query is cancelled; the result is then at its end
    @Nullable ResultBatch next();

    /// A new account of the query's memory, for what is made of the rows while they are written
    /// out; to be asked for after the first [#next()], since until then the query may start anew.
    MemoryAccount memory();

    @Override
    void close();
}
