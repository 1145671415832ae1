package io.tsdb.query.analysis;

import io.tsdb.query.sql.Position;
import io.tsdb.storage.schema.MeasurementSchema;

/// Finds the measurements that a query names.
@FunctionalInterface
public interface Measurements {
    /// @throws io.tsdb.query.sql.QueryException `unknown_measurement`, `unknown_database`
    MeasurementSchema find(String name, Position position);
}
