package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;

import java.util.List;

/// What a [Catalog] is at one index of its log: what a file keeps of it.
///
/// @param index of the newest entry that is in it
/// @param nextDatabase number of the next database
/// @param databases by number
/// @param documents of whoever runs the store, by name
public record CatalogState(
        long index, int nextDatabase, List<Database> databases, List<Document> documents) {
    /// The catalog of a new store.
    public static final CatalogState EMPTY = new CatalogState(0, 1, List.of());

    /// One without documents.
    public CatalogState(long index, int nextDatabase, List<Database> databases) {
        this(index, nextDatabase, databases, List.of());
    }

    /// Whether a measurement's number was given by this catalog, to one that is there or has ended.
    /// A catalog that has not given it yet is older than what bears the number.
    public boolean hasGiven(MeasurementId measurement) {
        if (measurement.database() >= nextDatabase) {
            return false;
        }
        return databases.stream()
                .filter(database -> database.number() == measurement.database())
                .allMatch(database -> measurement.measurement() < database.nextMeasurement());
    }

    /// A text that the store keeps and does not understand.
    ///
    /// @param index of the log entry that set it
    public record Document(String name, long index, String text) {}

    /// @param nextMeasurement number of the next measurement
    /// @param measurements by number
    public record Database(
            int number,
            String name,
            Retention retention,
            int nextMeasurement,
            List<Measurement> measurements) {}

    /// @param retention its own
    /// @param tagKeys in name order
    /// @param fields by index
    public record Measurement(
            int number,
            String name,
            Retention retention,
            List<String> tagKeys,
            List<Field> fields) {}

    public record Field(String name, FieldType type) {}
}
