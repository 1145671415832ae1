package io.tsdb.storage.schema;

import io.tsdb.storage.model.NameRule;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.stream.Stream;

/// Holds names that are about to be defined against [NameRule], whichever way they came: the last
/// look before they are logged. What was defined under another rule stays and goes on.
public final class NewNames {
    private NewNames() {}

    /// What is wrong with the name of a new database; empty when there is such a database already.
    public static Optional<String> violation(Catalog catalog, String database) {
        return catalog.hasDatabase(database)
                ? Optional.empty()
                : NameRule.DATABASE.violation(database);
    }

    /// What is wrong with a new name in definitions.
    public static Optional<String> violation(Catalog catalog, Definitions definitions) {
        DatabaseSchema database = catalog.database(definitions.database());
        return Stream.concat(
                        violation(catalog, definitions.database()).stream(),
                        definitions.measurements().stream()
                                .flatMap(one -> violation(database, one).stream()))
                .findFirst();
    }

    private static Optional<String> violation(
            @Nullable DatabaseSchema database, Definitions.Measurement measurement) {
        MeasurementSchema known =
                database == null ? null : database.measurement(measurement.name());
        if (known == null) {
            Optional<String> own = NameRule.MEASUREMENT.violation(measurement.name());
            if (own.isPresent()) {
                return own;
            }
        }
        return Stream.concat(
                        measurement.tagKeys().stream()
                                .filter(key -> known == null || !known.hasTagKey(key))
                                .flatMap(key -> NameRule.TAG_KEY.violation(key).stream()),
                        measurement.fields().keySet().stream()
                                .filter(name -> known == null || known.field(name).isEmpty())
                                .flatMap(name -> NameRule.FIELD.violation(name).stream()))
                .findFirst();
    }
}
