package io.tsdb.storage.schema;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Databases and the schemas of their measurements. Any thread.
///
/// A database is in the catalog from its creation until it is dropped; who creates one for good (so
/// that it outlives a restart without data) does so through the node, not here.
public final class Catalog {
    private final Map<String, Map<String, MeasurementSchema>> databases = new ConcurrentHashMap<>();

    /// @return whether the database is new
    public boolean createDatabase(String database) {
        return databases.putIfAbsent(database, new ConcurrentHashMap<>()) == null;
    }

    /// @return whether there was such a database
    public boolean dropDatabase(String database) {
        return databases.remove(database) != null;
    }

    public boolean hasDatabase(String database) {
        return databases.containsKey(database);
    }

    public SortedSet<String> databases() {
        return new TreeSet<>(databases.keySet());
    }

    public Optional<MeasurementSchema> measurement(String database, String measurement) {
        Map<String, MeasurementSchema> measurements = databases.get(database);
        return measurements == null
                ? Optional.empty()
                : Optional.ofNullable(measurements.get(measurement));
    }

    /// The schema of a measurement, empty at first; creates the database too when recovery meets it
    /// first.
    public MeasurementSchema addMeasurement(String database, String measurement) {
        return databases
                .computeIfAbsent(database, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(measurement, name -> new MeasurementSchema(database, name));
    }

    /// Measurements that have at least one field, in name order.
    public SortedMap<String, MeasurementSchema> measurements(String database) {
        var result = new TreeMap<String, MeasurementSchema>();
        databases
                .getOrDefault(database, Map.of())
                .forEach(
                        (name, schema) -> {
                            if (!schema.fieldsByIndex().isEmpty()) {
                                result.put(name, schema);
                            }
                        });
        return result;
    }
}
