package io.tsdb.storage.scan;

import java.util.Optional;

/// What a query reads of one shard. Any thread.
public interface ScanSource {
    /// Opens a measurement. Its series are those of this moment; its rows are caught when a cursor
    /// is opened ([MeasurementScan#blocks]): every batch applied before that is in the cursor, none
    /// that comes after.
    ///
    /// @return empty when this shard has no series of the measurement
    Optional<MeasurementScan> open(String database, String measurement);
}
