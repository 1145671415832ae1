package io.tsdb.storage.scan;

import java.util.Optional;

/// What a query reads of one shard. Any thread.
public interface ScanSource {
    /// Opens a snapshot of a measurement: every batch applied before the call is in it, none that
    /// comes after.
    ///
    /// @return empty when this shard has no series of the measurement
    Optional<MeasurementScan> open(String database, String measurement);
}
