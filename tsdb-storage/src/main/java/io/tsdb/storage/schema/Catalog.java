package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The owner of databases and types: which databases there are, the number of each, and the schemas
/// of their measurements.
///
/// A state machine over the catalog's log: the methods that change it are called in log order, by
/// whoever applies that log, and come to the same state and outcome everywhere. Readers are any
/// thread and wait for nobody. Numbers are given once: what is dropped and created anew is another
/// one.
public final class Catalog {
    private final Map<String, DatabaseSchema> byName = new ConcurrentHashMap<>();
    private final Map<Integer, DatabaseSchema> byNumber = new ConcurrentHashMap<>();
    private final Map<String, CatalogState.Document> documents = new ConcurrentHashMap<>();
    private final Map<String, Consumer<CatalogState.Document>> followers =
            new ConcurrentHashMap<>();
    private int nextDatabase = 1;
    private volatile long appliedIndex;

    /// Brings an empty catalog to a saved state.
    public synchronized void restore(CatalogState state) {
        if (appliedIndex != 0 || !byNumber.isEmpty()) {
            throw new IllegalStateException("BUG: the catalog is at index " + appliedIndex);
        }
        nextDatabase = state.nextDatabase();
        for (CatalogState.Database saved : state.databases()) {
            DatabaseSchema database = add(saved.number(), saved.name());
            database.retention(saved.retention());
            for (CatalogState.Measurement each : saved.measurements()) {
                MeasurementSchema schema = database.add(each.number(), each.name());
                schema.ownRetention(each.retention());
                each.tagKeys().forEach(schema::addTagKey);
                each.fields().forEach(field -> schema.addField(field.name(), field.type()));
            }
            database.nextMeasurement(saved.nextMeasurement());
        }
        state.documents().forEach(document -> documents.put(document.name(), document));
        appliedIndex = state.index();
    }

    /// The state as of now, to be saved.
    public synchronized CatalogState state() {
        List<CatalogState.Database> databases =
                byNumber.values().stream()
                        .sorted(Comparator.comparingInt(DatabaseSchema::number))
                        .map(Catalog::state)
                        .toList();
        List<CatalogState.Document> saved =
                documents.values().stream()
                        .sorted(Comparator.comparing(CatalogState.Document::name))
                        .toList();
        return new CatalogState(appliedIndex, nextDatabase, databases, saved);
    }

    private static CatalogState.Database state(DatabaseSchema database) {
        List<CatalogState.Measurement> measurements =
                database.measurements().values().stream()
                        .sorted(Comparator.comparingInt(MeasurementSchema::number))
                        .map(Catalog::state)
                        .toList();
        return new CatalogState.Database(
                database.number(),
                database.name(),
                database.retention(),
                database.nextMeasurement(),
                measurements);
    }

    private static CatalogState.Measurement state(MeasurementSchema schema) {
        return new CatalogState.Measurement(
                schema.number(),
                schema.name(),
                schema.ownRetention(),
                List.copyOf(schema.tagKeys()),
                schema.fieldsByIndex().stream()
                        .map(field -> new CatalogState.Field(field.name(), field.type()))
                        .toList());
    }

    /// Index of the newest log entry that was applied.
    public long appliedIndex() {
        return appliedIndex;
    }

    /// Says that the change of a log entry is complete.
    public synchronized void applied(long index) {
        appliedIndex = index;
    }

    /// @return whether the database is new
    public synchronized boolean createDatabase(String database) {
        if (byName.containsKey(database)) {
            return false;
        }
        add(nextDatabase++, database);
        return true;
    }

    /// Ends a database: its name is free, its number is never given again.
    ///
    /// @return false when it had ended before
    public synchronized boolean dropDatabase(int number) {
        DatabaseSchema dropped = byNumber.remove(number);
        if (dropped == null) {
            return false;
        }
        byName.remove(dropped.name());
        dropped.end();
        return true;
    }

    /// Ends a measurement.
    ///
    /// @return false when it had ended before
    public synchronized boolean dropMeasurement(MeasurementId id) {
        DatabaseSchema database = byNumber.get(id.database());
        MeasurementSchema dropped =
                database == null ? null : database.measurement(id.measurement());
        if (database == null || dropped == null) {
            return false;
        }
        database.drop(dropped);
        return true;
    }

    /// Sets how long rows of a database are kept, or of one of its measurements.
    ///
    /// @param measurement 0 for the database
    /// @return false when it has ended
    public synchronized boolean setRetention(int database, int measurement, Retention retention) {
        DatabaseSchema found = byNumber.get(database);
        if (found == null) {
            return false;
        }
        if (measurement == 0) {
            found.retention(retention);
            return true;
        }
        MeasurementSchema schema = found.measurement(measurement);
        if (schema != null) {
            schema.ownRetention(retention);
        }
        return schema != null;
    }

    /// Gives a document a new text.
    ///
    /// @param index of the log entry that does
    /// @param expected index of the one that set the text before, 0 for none
    /// @return false when that was another one: nothing changed
    public synchronized boolean setDocument(long index, String name, long expected, String text) {
        if (document(name).map(CatalogState.Document::index).orElse(0L) != expected) {
            return false;
        }
        var changed = new CatalogState.Document(name, index, text);
        documents.put(name, changed);
        Consumer<CatalogState.Document> follower = followers.get(name);
        if (follower != null) {
            follower.accept(changed);
        }
        return true;
    }

    public Optional<CatalogState.Document> document(String name) {
        return Optional.ofNullable(documents.get(name));
    }

    /// Tells each text of a document, the one that it has first, in the order of the log.
    ///
    /// @param follower called by whoever applies the log: hands over and returns
    public synchronized void follow(String name, Consumer<CatalogState.Document> follower) {
        followers.put(name, follower);
        document(name).ifPresent(follower);
    }

    /// Defines everything that is not defined yet, or nothing when anything is defined otherwise.
    public synchronized DefineOutcome define(Definitions asked) {
        DatabaseSchema database =
                asked.databaseNumber() == Definitions.BY_NAME
                        ? byName.get(asked.database())
                        : byNumber.get(asked.databaseNumber());
        if (database == null && asked.databaseNumber() != Definitions.BY_NAME) {
            return new DefineOutcome.DatabaseGone();
        }
        var conflicts = new ArrayList<DefinitionConflict>();
        for (Definitions.Measurement each : asked.measurements()) {
            collectConflicts(
                    each, database == null ? null : database.measurement(each.name()), conflicts);
        }
        if (!conflicts.isEmpty()) {
            return new DefineOutcome.Conflicting(List.copyOf(conflicts));
        }
        if (database == null) {
            database = add(nextDatabase++, asked.database());
        }
        for (Definitions.Measurement each : asked.measurements()) {
            MeasurementSchema known = database.measurement(each.name());
            MeasurementSchema schema = known == null ? database.add(each.name()) : known;
            each.tagKeys().forEach(schema::addTagKey);
            each.fields()
                    .forEach(
                            (name, type) -> {
                                if (schema.field(name).isEmpty()) {
                                    schema.addField(name, type);
                                }
                            });
        }
        return new DefineOutcome.Defined(database);
    }

    private static void collectConflicts(
            Definitions.Measurement asked,
            @Nullable MeasurementSchema schema,
            List<DefinitionConflict> conflicts) {
        String measurement = asked.name();
        for (String key : asked.tagKeys()) {
            if (asked.fields().containsKey(key)
                    || (schema != null && schema.field(key).isPresent())) {
                conflicts.add(new DefinitionConflict.Name(measurement, key, true));
            }
        }
        for (Map.Entry<String, FieldType> field : asked.fields().entrySet()) {
            String name = field.getKey();
            if (schema == null) {
                continue;
            }
            FieldType existing = schema.field(name).map(FieldSchema::type).orElse(field.getValue());
            if (schema.hasTagKey(name)) {
                conflicts.add(new DefinitionConflict.Name(measurement, name, false));
            } else if (existing != field.getValue()) {
                conflicts.add(
                        new DefinitionConflict.Type(measurement, name, field.getValue(), existing));
            }
        }
    }

    private DatabaseSchema add(int number, String name) {
        var added = new DatabaseSchema(number, name);
        byNumber.put(number, added);
        byName.put(name, added);
        return added;
    }

    public boolean hasDatabase(String database) {
        return byName.containsKey(database);
    }

    public @Nullable DatabaseSchema database(String database) {
        return byName.get(database);
    }

    public @Nullable DatabaseSchema database(int number) {
        return byNumber.get(number);
    }

    public int databaseCount() {
        return byName.size();
    }

    public SortedSet<String> databases() {
        return new TreeSet<>(byName.keySet());
    }

    public Optional<MeasurementSchema> measurement(String database, String measurement) {
        DatabaseSchema found = byName.get(database);
        return found == null
                ? Optional.empty()
                : Optional.ofNullable(found.measurement(measurement));
    }

    /// The measurement with a number, or null when it was dropped.
    public @Nullable MeasurementSchema measurement(int database, int measurement) {
        DatabaseSchema found = byNumber.get(database);
        return found == null ? null : found.measurement(measurement);
    }

    /// Measurements that have at least one field, in name order.
    public SortedMap<String, MeasurementSchema> measurements(String database) {
        var result = new TreeMap<String, MeasurementSchema>();
        DatabaseSchema found = byName.get(database);
        if (found != null) {
            found.measurements()
                    .forEach(
                            (name, schema) -> {
                                if (!schema.fieldsByIndex().isEmpty()) {
                                    result.put(name, schema);
                                }
                            });
        }
        return result;
    }
}
