package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.TextOrder;
import io.tsdb.query.exec.RunningQueries.Running;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.Statement;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// `SHOW` statements: names from the catalog, values and series from the shards; rows in name
/// order.
final class MetadataQueries {
    /// A string with its array and its node in a sorted set.
    private static final int TEXT_BYTES = 96;

    /// A row of constants, twice, its texts aside.
    private static final int ROW_BYTES = 320;

    private final Catalog catalog;
    private final FragmentRunner runner;
    private final QueryControl control;

    MetadataQueries(Catalog catalog, FragmentRunner runner, QueryControl control) {
        this.catalog = catalog;
        this.runner = runner;
        this.control = control;
    }

    StreamedResult texts(List<String> names, Iterable<List<String>> rows) {
        List<ResultColumn> columns =
                names.stream().map(name -> new ResultColumn(name, ColumnType.STRING)).toList();
        return new StreamedResult(
                columns, _ -> new TextRowsSource(names.size(), rows), Long.MAX_VALUE, control);
    }

    StreamedResult databases() {
        return texts(List.of("database"), rows(catalog.databases()));
    }

    StreamedResult measurements(String database) {
        return texts(List.of("measurement"), rows(catalog.measurements(database).keySet()));
    }

    /// The database first, then its measurements.
    StreamedResult retention(String database) {
        var rows = new ArrayList<List<String>>();
        DatabaseSchema schema = catalog.database(database);
        if (schema != null) {
            rows.add(List.of("", schema.retention().text(), "database"));
        }
        catalog.measurements(database)
                .forEach(
                        (name, measurement) ->
                                rows.add(
                                        List.of(
                                                name,
                                                measurement.retention().text(),
                                                measurement.ownRetention().isInherited()
                                                        ? "database"
                                                        : "measurement")));
        return texts(List.of("measurement", "retention", "set_for"), rows);
    }

    private static Iterable<List<String>> rows(Collection<String> names) {
        return () -> names.stream().map(List::of).iterator();
    }

    StreamedResult tagKeys(List<MeasurementSchema> measurements) {
        var rows = new ArrayList<List<String>>();
        for (MeasurementSchema measurement : measurements) {
            measurement.tagKeys().forEach(key -> rows.add(List.of(measurement.name(), key)));
        }
        return texts(List.of("measurement", "tag"), rows);
    }

    StreamedResult fieldKeys(List<MeasurementSchema> measurements) {
        var rows = new ArrayList<List<String>>();
        for (MeasurementSchema measurement : measurements) {
            measurement
                    .fields()
                    .forEach(
                            (name, field) ->
                                    rows.add(
                                            List.of(
                                                    measurement.name(),
                                                    name,
                                                    ColumnType.of(field.type()).sqlName())));
        }
        return texts(List.of("measurement", "field", "type"), rows);
    }

    /// In the order of `SELECT *`.
    StreamedResult columns(List<MeasurementSchema> measurements) {
        var rows = new ArrayList<List<String>>();
        for (MeasurementSchema measurement : measurements) {
            String name = measurement.name();
            rows.add(List.of(name, "time", ColumnType.TIMESTAMP.sqlName(), "time"));
            for (String key : measurement.tagKeys()) {
                rows.add(List.of(name, key, ColumnType.STRING.sqlName(), "tag"));
            }
            measurement
                    .fields()
                    .forEach(
                            (field, schema) ->
                                    rows.add(
                                            List.of(
                                                    name,
                                                    field,
                                                    ColumnType.of(schema.type()).sqlName(),
                                                    "field")));
        }
        return texts(List.of("measurement", "column", "type", "kind"), rows);
    }

    StreamedResult tagValues(Expression.Name key, List<MeasurementSchema> measurements) {
        var known = new TreeSet<String>();
        measurements.forEach(measurement -> known.addAll(measurement.tagKeys()));
        if (!known.contains(key.text())) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_COLUMN,
                    key.position(),
                    "unknown tag '" + key.text() + "'" + NearestName.hint(key.text(), known));
        }
        var values = new TreeSet<String>(TextOrder::compare);
        for (MeasurementSchema measurement : measurements) {
            if (measurement.tagKeys().contains(key.text())) {
                collect(
                        new Fragment.TagValues(
                                measurement.database(), measurement.name(), key.text()),
                        values);
            }
        }
        return texts(List.of("value"), rows(values));
    }

    /// @param own the asking statement, which is left out
    StreamedResult queries(List<Running> running, Running own, Instant now) {
        var rows = new ArrayList<List<Object>>();
        for (Running one : running) {
            if (one != own) {
                Session session = one.session();
                Instant started = one.startedAt();
                control.memory().account().reserve(TEXT_BYTES + 2L * one.text().length());
                rows.add(
                        List.of(
                                one.id(),
                                session.caller().name(),
                                session.database(),
                                one.text(),
                                started.getEpochSecond() * 1_000_000_000L + started.getNano(),
                                Duration.between(started, now).toMillis(),
                                one.rowCount(),
                                one.heldBytes()));
            }
        }
        return values(
                List.of(
                        new ResultColumn("id", ColumnType.INT64),
                        new ResultColumn("user", ColumnType.STRING),
                        new ResultColumn("database", ColumnType.STRING),
                        new ResultColumn("query", ColumnType.STRING),
                        new ResultColumn("started", ColumnType.TIMESTAMP),
                        new ResultColumn("elapsed_ms", ColumnType.INT64),
                        new ResultColumn("rows", ColumnType.INT64),
                        new ResultColumn("memory_bytes", ColumnType.INT64)),
                rows);
    }

    StreamedResult cardinality(
            List<MeasurementSchema> measurements, @Nullable String tag, int first) {
        return tag == null ? cardinality(measurements) : topValues(measurements, tag, first);
    }

    /// A row for each of the values of a tag that the most series of a measurement have.
    private StreamedResult topValues(List<MeasurementSchema> measurements, String tag, int first) {
        var rows = new ArrayList<List<Object>>();
        MemoryAccount held = control.memory().account();
        for (MeasurementSchema measurement : measurements) {
            if (!measurement.tagKeys().contains(tag)) {
                continue;
            }
            MemoryAccount memory = control.memory().account();
            for (TopValues.Top top :
                    TopValues.of(measurement, tag, first, runner, control, memory)) {
                held.reserve(ROW_BYTES + 2L * top.value().length());
                rows.add(List.of(measurement.name(), top.value(), top.series()));
            }
            memory.releaseAll();
        }
        return values(
                List.of(
                        new ResultColumn("measurement", ColumnType.STRING),
                        new ResultColumn("value", ColumnType.STRING),
                        new ResultColumn("series", ColumnType.INT64)),
                rows);
    }

    /// A row for the series of each measurement, with an empty tag, then one for each of its tags.
    private StreamedResult cardinality(List<MeasurementSchema> measurements) {
        var rows = new ArrayList<List<Object>>();
        for (MeasurementSchema measurement : measurements) {
            MemoryAccount memory = control.memory().account();
            var counted = new CardinalityCount(control, memory);
            var fragment = new Fragment.Cardinality(measurement.database(), measurement.name());
            try (PartialResults results = runner.run(fragment, control)) {
                counted.addAll(results);
            }
            rows.add(List.of(measurement.name(), "", counted.series()));
            counted.values()
                    .forEach((tag, count) -> rows.add(List.of(measurement.name(), tag, count)));
            memory.releaseAll();
        }
        return values(
                List.of(
                        new ResultColumn("measurement", ColumnType.STRING),
                        new ResultColumn("tag", ColumnType.STRING),
                        new ResultColumn("cardinality", ColumnType.INT64)),
                rows);
    }

    /// Rows of values that are known already.
    StreamedResult values(List<ResultColumn> columns, List<List<Object>> rows) {
        List<ColumnType> types = columns.stream().map(ResultColumn::type).toList();
        var constants = new ArrayList<List<Constant>>();
        for (List<Object> row : rows) {
            var constant = new ArrayList<Constant>();
            for (int i = 0; i < row.size(); i++) {
                constant.add(new Constant(types.get(i), row.get(i)));
            }
            constants.add(constant);
        }
        return new StreamedResult(
                columns,
                at -> new ValuesSource(new Plan.Values(types, constants), at.memory()),
                Long.MAX_VALUE,
                control);
    }

    StreamedResult series(List<MeasurementSchema> measurements) {
        var keys = new TreeSet<String>(TextOrder::compare);
        for (MeasurementSchema measurement : measurements) {
            collect(new Fragment.Series(measurement.database(), measurement.name()), keys);
        }
        return texts(List.of("series"), rows(keys));
    }

    private void collect(Fragment fragment, SortedSet<String> texts) {
        MemoryAccount memory = control.memory().account();
        try (PartialResults results = runner.run(fragment, control)) {
            ColumnBatch batch = results.next();
            while (batch != null) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    String text = batch.column(0).string(row);
                    memory.reserve(TEXT_BYTES + 2L * text.length());
                    if (!texts.add(text)) {
                        memory.release(TEXT_BYTES + 2L * text.length());
                    }
                }
                control.checkGroups(texts.size());
                batch = results.next();
            }
        }
    }

    static MeasurementSchema measurement(
            Catalog catalog, String database, Statement.MeasurementName name) {
        return catalog.measurement(database, name.name())
                .orElseThrow(() -> unknownMeasurement(catalog, database, name));
    }

    static QueryException unknownMeasurement(
            Catalog catalog, String database, Statement.MeasurementName name) {
        return new QueryException(
                QueryErrorCode.UNKNOWN_MEASUREMENT,
                name.position(),
                "unknown measurement '"
                        + name.name()
                        + "' in database '"
                        + database
                        + "'"
                        + NearestName.hint(name.name(), catalog.measurements(database).keySet()));
    }

    static void requireDatabase(Catalog catalog, String database, Position position) {
        if (!catalog.hasDatabase(database)) {
            throw unknownDatabase(catalog, database, position);
        }
    }

    static QueryException unknownDatabase(Catalog catalog, String database, Position position) {
        return new QueryException(
                QueryErrorCode.UNKNOWN_DATABASE,
                position,
                "unknown database '"
                        + database
                        + "'"
                        + NearestName.hint(database, catalog.databases()));
    }
}
