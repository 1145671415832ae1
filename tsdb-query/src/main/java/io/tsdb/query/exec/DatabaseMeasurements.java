package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.AnalyzedQuery.Column;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.Measurements;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.Statement;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The measurements of a database, for one statement: by name, and as the rows of
/// `information_schema`.
final class DatabaseMeasurements implements Measurements {
    /// What tools that go by PostgreSQL ask for.
    private static final String SCHEMA = "public";

    private static final List<Column> TABLES =
            List.of(
                    text("table_catalog"),
                    text("table_schema"),
                    text("table_name"),
                    text("table_type"));
    private static final List<Column> COLUMNS =
            List.of(
                    text("table_catalog"),
                    text("table_schema"),
                    text("table_name"),
                    text("column_name"),
                    new Column("ordinal_position", ColumnType.INT64),
                    text("column_default"),
                    text("is_nullable"),
                    text("data_type"),
                    text("column_kind"));

    /// A row's list and its constants.
    private static final long VALUE_BYTES = 40;

    private final Catalog catalog;
    private final String database;
    private final QueryMemory memory;

    DatabaseMeasurements(Catalog catalog, String database, QueryMemory memory) {
        this.catalog = catalog;
        this.database = database;
        this.memory = memory;
    }

    private static Column text(String name) {
        return new Column(name, ColumnType.STRING);
    }

    @Override
    public MeasurementSchema find(String name, Position position) {
        requireDatabase(position);
        return MetadataQueries.measurement(
                catalog, database, new Statement.MeasurementName(position, name));
    }

    @Override
    public AnalyzedQuery.Rows catalogue(Query.CatalogueTable table, Position position) {
        requireDatabase(position);
        MemoryAccount account = memory.account();
        var rows = new ArrayList<List<Constant>>();
        List<Column> columns =
                switch (table) {
                    case TABLES -> TABLES;
                    case COLUMNS -> COLUMNS;
                };
        for (MeasurementSchema measurement : catalog.measurements(database).values()) {
            int count =
                    switch (table) {
                        case TABLES -> 1;
                        case COLUMNS ->
                                1 + measurement.tagKeyCount() + measurement.fieldsByIndex().size();
                    };
            account.reserve(VALUE_BYTES * columns.size() * count);
            switch (table) {
                case TABLES -> rows.add(row(measurement, "BASE TABLE"));
                case COLUMNS -> addColumns(measurement, rows);
            }
        }
        return new AnalyzedQuery.Rows(columns, rows);
    }

    /// In the order of `SELECT *`.
    private void addColumns(MeasurementSchema measurement, List<List<Constant>> rows) {
        int from = rows.size();
        rows.add(column(measurement, "time", 1, ColumnType.TIMESTAMP, "time"));
        for (String key : measurement.tagKeys()) {
            int ordinal = 1 + rows.size() - from;
            rows.add(column(measurement, key, ordinal, ColumnType.STRING, "tag"));
        }
        measurement
                .fields()
                .forEach(
                        (name, field) -> {
                            int ordinal = 1 + rows.size() - from;
                            ColumnType type = ColumnType.of(field.type());
                            rows.add(column(measurement, name, ordinal, type, "field"));
                        });
    }

    private List<Constant> column(
            MeasurementSchema measurement,
            String name,
            long ordinal,
            ColumnType type,
            String kind) {
        List<Constant> row = row(measurement, name);
        row.add(new Constant(ColumnType.INT64, ordinal));
        row.add(constant(null));
        row.add(constant(kind.equals("time") ? "NO" : "YES"));
        row.add(constant(type.sqlName()));
        row.add(constant(kind));
        return row;
    }

    private List<Constant> row(MeasurementSchema measurement, String last) {
        var row = new ArrayList<Constant>();
        row.add(constant(database));
        row.add(constant(SCHEMA));
        row.add(constant(measurement.name()));
        row.add(constant(last));
        return row;
    }

    private static Constant constant(@Nullable String text) {
        return new Constant(ColumnType.STRING, text);
    }

    private void requireDatabase(Position position) {
        if (!catalog.hasDatabase(database)) {
            throw MetadataQueries.unknownDatabase(catalog, database, position);
        }
    }
}
