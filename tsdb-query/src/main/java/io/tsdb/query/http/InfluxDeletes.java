package io.tsdb.query.http;

import io.tsdb.query.exec.Session;
import io.tsdb.query.sql.Expression;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.List;
import java.util.function.Function;

/// Deletes rows of measurements: [io.tsdb.query.exec.QueryEngine#delete]. Any thread.
@FunctionalInterface
public interface InfluxDeletes {
    /// @param measurements those that do not exist are passed over; empty for all of the database
    /// @return how many rows went
    /// @throws io.tsdb.query.sql.QueryException when it cannot be done
    long delete(
            Session session,
            List<String> measurements,
            Function<MeasurementSchema, Expression> condition);
}
