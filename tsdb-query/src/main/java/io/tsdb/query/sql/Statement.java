package io.tsdb.query.sql;

import io.tsdb.storage.schema.Retention;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// One SQL statement as written: nothing resolved.
public sealed interface Statement {
    Position position();

    /// A query that is run.
    record Select(Position position, Query query) implements Statement {}

    /// @param analyze whether the query is run, and what it did is said
    record Explain(Position position, Query query, boolean analyze) implements Statement {}

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

    record ShowColumns(Position position, @Nullable MeasurementName measurement)
            implements Statement {}

    record ShowSeries(Position position, @Nullable MeasurementName measurement)
            implements Statement {}

    /// Statements that run.
    record ShowQueries(Position position) implements Statement {}

    /// @param id from [ShowQueries]
    record CancelQuery(Position position, long id) implements Statement {}

    record ShowRetention(Position position) implements Statement {}

    /// How many series there are, and how many values each tag has; or, of one tag, how many series
    /// each value has.
    ///
    /// @param tag null for all tags
    /// @param first so many of the tag's values, those with the most series
    record ShowCardinality(
            Position position,
            @Nullable MeasurementName measurement,
            @Nullable String tag,
            int first)
            implements Statement {}

    /// @param retention null when not said
    record CreateDatabase(
            Position position, String name, boolean ifNotExists, @Nullable Retention retention)
            implements Statement {}

    record AlterDatabase(Position position, String name, Retention retention)
            implements Statement {}

    record AlterMeasurement(Position position, MeasurementName measurement, Retention retention)
            implements Statement {}

    record DropDatabase(Position position, String name, boolean ifExists) implements Statement {}

    record DropMeasurement(Position position, MeasurementName measurement, boolean ifExists)
            implements Statement {}

    /// `INSERT INTO`.
    ///
    /// @param columns that the query's columns are, in order; empty where they go by their own
    ///   names
    record Insert(Position position, MeasurementName measurement, List<Column> columns, Query query)
            implements Statement {
        /// @param kind null when not said
        public record Column(Position position, String name, @Nullable ColumnKind kind) {}
    }

    /// What a column of a measurement can be said to be.
    enum ColumnKind {
        TAG,
        FIELD
    }

    /// `DELETE`; `TRUNCATE` is one of all rows.
    ///
    /// @param where null for all rows
    record Delete(Position position, MeasurementName measurement, @Nullable Expression where)
            implements Statement {}

    /// `BACKUP`.
    ///
    /// @param target directory on the server
    /// @param since an older backup; null when not said
    record Backup(Position position, String target, @Nullable String since) implements Statement {}

    /// `EXPORT`.
    ///
    /// @param target directory on the server
    /// @param fromNanos first time that is meant
    /// @param toNanos behind the last one
    record Export(
            Position position,
            MeasurementName measurement,
            String target,
            long fromNanos,
            long toNanos)
            implements Statement {}

    record MeasurementName(Position position, String name) {}
}
