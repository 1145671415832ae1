package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a request needs the catalog to know before its points can be logged: its database, and
/// measurements, tag keys and fields with their types. Taken as a whole or not at all
/// ([Catalog#define]).
///
/// @param database name
/// @param databaseNumber of the database that the names were looked up in; 0 when there was none:
///   it is then created, unless there is one of that name by now
/// @param measurements in name order, one a name
public record Definitions(String database, int databaseNumber, List<Measurement> measurements) {
    /// No number: the database is known by its name.
    public static final int BY_NAME = 0;

    /// @param fields a type by name
    public record Measurement(String name, Set<String> tagKeys, Map<String, FieldType> fields) {
        public Measurement {
            tagKeys = new TreeSet<>(tagKeys);
            fields = new TreeMap<>(fields);
        }
    }

    public Definitions {
        measurements = List.copyOf(measurements);
    }

    /// Collects definitions of one database, each once.
    public static Builder in(String database) {
        return new Builder(database);
    }

    /// One thread.
    public static final class Builder {
        private final String database;
        private final Map<String, Measurement> measurements = new TreeMap<>();

        private Builder(String database) {
            this.database = database;
        }

        public Builder measurement(String measurement) {
            of(measurement);
            return this;
        }

        public Builder tags(String measurement, Collection<String> keys) {
            of(measurement).tagKeys().addAll(keys);
            return this;
        }

        public Builder field(String measurement, String field, FieldType type) {
            of(measurement).fields().put(field, type);
            return this;
        }

        private Measurement of(String measurement) {
            return measurements.computeIfAbsent(
                    measurement, name -> new Measurement(name, Set.of(), Map.of()));
        }

        public Definitions build() {
            return build(BY_NAME);
        }

        public Definitions build(int databaseNumber) {
            return new Definitions(database, databaseNumber, List.copyOf(measurements.values()));
        }
    }
}
