package io.tsdb.query.result;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.sql.QueryException;

import java.io.IOException;

/// Writes one answer in one format. Used once, by one thread.
///
/// Those of this package are what HTTP chooses from; a front end that speaks another protocol has
/// its own, over the same [QueryResult].
public interface ResultWriter {
    /// Content type of the answer.
    String contentType();

    /// Pulls every batch and writes it.
    ///
    /// @return number of rows written
    /// @throws QueryException what the query ran into; what was written before stays written
    /// @throws IOException when the reader has gone away
    long write(QueryResult result, TextSink sink) throws IOException;
}
