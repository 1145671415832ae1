package io.tsdb.storage.log;

import io.tsdb.storage.model.PointBatch;

/// What a shard logs. Applying entries in log order from an empty shard gives the same shard on
/// every machine.
public sealed interface LogEntry {
    /// Points; see [PointBatch] for the order in which they win over one another.
    record Write(PointBatch batch) implements LogEntry {}

    /// Everything of a database that came before goes; what comes after starts anew.
    record DropDatabase(String database) implements LogEntry {}
}
