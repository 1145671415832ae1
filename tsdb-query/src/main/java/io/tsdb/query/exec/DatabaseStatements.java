package io.tsdb.query.exec;

import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.Statement;
import io.tsdb.storage.model.NameRule;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.schema.Catalog;

import java.util.List;
import java.util.Optional;

/// Statements that change which databases and measurements there are.
final class DatabaseStatements {
    private final Catalog catalog;
    private final DatabaseControl databases;
    private final MetadataQueries metadata;

    DatabaseStatements(Catalog catalog, DatabaseControl databases, MetadataQueries metadata) {
        this.catalog = catalog;
        this.databases = databases;
        this.metadata = metadata;
    }

    StreamedResult create(Statement.CreateDatabase create) {
        NameRule.DATABASE
                .violation(create.name())
                .ifPresent(
                        violation -> {
                            throw new QueryException(
                                    QueryErrorCode.INVALID_VALUE, create.position(), violation);
                        });
        boolean created;
        try {
            created = databases.create(create.name());
        } catch (ResourceLimitException full) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    create.position(),
                    String.valueOf(full.getMessage()));
        }
        if (!created && !create.ifNotExists()) {
            throw new QueryException(
                    QueryErrorCode.DATABASE_EXISTS,
                    create.position(),
                    "database '" + create.name() + "' exists");
        }
        if (created && create.retention() != null) {
            databases.setRetention(create.name(), Optional.empty(), create.retention());
        }
        return metadata.texts(List.of("status"), List.of(List.of(created ? "created" : "exists")));
    }

    StreamedResult drop(Statement.DropDatabase drop) {
        boolean dropped = databases.drop(drop.name());
        if (!dropped && !drop.ifExists()) {
            throw MetadataQueries.unknownDatabase(catalog, drop.name(), drop.position());
        }
        return metadata.texts(List.of("status"), List.of(List.of(dropped ? "dropped" : "absent")));
    }

    StreamedResult alter(Statement.AlterDatabase alter) {
        if (!databases.setRetention(alter.name(), Optional.empty(), alter.retention())) {
            throw MetadataQueries.unknownDatabase(catalog, alter.name(), alter.position());
        }
        return metadata.texts(List.of("status"), List.of(List.of("altered")));
    }

    StreamedResult alter(String database, Statement.AlterMeasurement alter) {
        Statement.MeasurementName name = alter.measurement();
        if (!databases.setRetention(database, Optional.of(name.name()), alter.retention())) {
            throw MetadataQueries.unknownMeasurement(catalog, database, name);
        }
        return metadata.texts(List.of("status"), List.of(List.of("altered")));
    }

    StreamedResult drop(String database, Statement.DropMeasurement drop) {
        Statement.MeasurementName name = drop.measurement();
        boolean dropped = databases.dropMeasurement(database, name.name());
        if (!dropped && !drop.ifExists()) {
            throw MetadataQueries.unknownMeasurement(catalog, database, name);
        }
        return metadata.texts(List.of("status"), List.of(List.of(dropped ? "dropped" : "absent")));
    }
}
