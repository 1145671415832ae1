package io.tsdb.query.analysis;

import io.tsdb.storage.schema.MeasurementSchema;

import java.util.List;

/// What a `SELECT` reads its rows from.
public sealed interface Relation {
    /// Rows of a measurement: expressions name its columns by [BoundExpression.Time],
    /// [BoundExpression.Tag] and [BoundExpression.Field].
    record Measurement(MeasurementSchema schema) implements Relation {}

    /// Rows of another query: expressions name its columns by [BoundExpression.Input].
    ///
    /// @param names of the columns, in order
    record Derived(AnalyzedQuery query, List<String> names) implements Relation {}

    /// One row without columns: there is no `FROM`.
    record Nothing() implements Relation {}
}
