package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// One SQL statement as written: nothing resolved.
public sealed interface Statement {
    Position position();

    /// `SELECT`.
    ///
    /// @param measurement null when there is no `FROM`
    /// @param latestBy tags of `LATEST BY`, empty when it is absent
    record Select(
            Position position,
            boolean distinct,
            List<Expression.Item> items,
            @Nullable MeasurementName measurement,
            List<Expression.Name> latestBy,
            @Nullable Expression where,
            List<Expression> groupBy,
            @Nullable Expression having,
            List<OrderItem> orderBy,
            @Nullable Expression limit,
            @Nullable Expression offset)
            implements Statement {}

    record Explain(Position position, Select select) implements Statement {}

    record ShowDatabases(Position position) implements Statement {}

    record ShowMeasurements(Position position) implements Statement {}

    /// @param measurement null for all measurements, here and below
    record ShowTagKeys(Position position, @Nullable MeasurementName measurement)
            implements Statement {}

    record ShowTagValues(
            Position position, @Nullable MeasurementName measurement, Expression.Name key)
            implements Statement {}

    record ShowFieldKeys(Position position, @Nullable MeasurementName measurement)
            implements Statement {}

    record ShowSeries(Position position, @Nullable MeasurementName measurement)
            implements Statement {}

    record CreateDatabase(Position position, String name, boolean ifNotExists)
            implements Statement {}

    record DropDatabase(Position position, String name, boolean ifExists) implements Statement {}

    record MeasurementName(Position position, String name) {}

    /// @param nullsFirst null when not said
    record OrderItem(
            Position position,
            Expression expression,
            boolean descending,
            @Nullable Boolean nullsFirst) {}
}
