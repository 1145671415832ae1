package io.tsdb.loadgen.wire;

import java.util.List;

/// Takes an answer row by row, so that an answer may be larger than the memory.
public interface RowSink {

    /// Called once, before the rows.
    void columns(List<String> names);

    /// @param row valid during the call
    void row(SqlRow row);
}
