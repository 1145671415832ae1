package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/// Fields and tag keys of one measurement. Changed by its [Catalog] alone, and only ever grows;
/// read by any thread. One object for as long as the measurement lives.
public final class MeasurementSchema {
    private final DatabaseSchema database;
    private final MeasurementId id;
    private final String name;
    private final Map<String, FieldSchema> fields = new ConcurrentHashMap<>();
    private volatile List<FieldSchema> byIndex = List.of();
    private volatile Retention ownRetention = Retention.INHERITED;
    private final ConcurrentSkipListSet<String> tagKeys = new ConcurrentSkipListSet<>();

    MeasurementSchema(DatabaseSchema database, int number, String name) {
        this.database = database;
        this.id = new MeasurementId(database.number(), number);
        this.name = name;
    }

    /// Name of the database.
    public String database() {
        return database.name();
    }

    public String name() {
        return name;
    }

    public MeasurementId id() {
        return id;
    }

    /// Number within the database, never used again there.
    public int number() {
        return id.measurement();
    }

    /// How long rows are kept: its own limit, or its database's.
    public Retention retention() {
        Retention own = ownRetention;
        return own.isInherited() ? database.retention() : own;
    }

    /// What was set for this measurement alone.
    public Retention ownRetention() {
        return ownRetention;
    }

    void ownRetention(Retention changed) {
        ownRetention = changed;
    }

    public Optional<FieldSchema> field(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    /// Fields by [FieldSchema#index()].
    public List<FieldSchema> fieldsByIndex() {
        return byIndex;
    }

    /// Fields in name order: the order of `SELECT *`.
    public SortedMap<String, FieldSchema> fields() {
        return new TreeMap<>(fields);
    }

    /// Tag keys in name order.
    public SortedSet<String> tagKeys() {
        return new TreeSet<>(tagKeys);
    }

    public int tagKeyCount() {
        return tagKeys.size();
    }

    public boolean hasTagKey(String key) {
        return tagKeys.contains(key);
    }

    void addField(String field, FieldType type) {
        var added = new FieldSchema(field, type, byIndex.size());
        var list = new ArrayList<>(byIndex);
        list.add(added);
        byIndex = List.copyOf(list);
        fields.put(field, added);
    }

    void addTagKey(String key) {
        tagKeys.add(key);
    }

    @Override
    public String toString() {
        return database.name() + "." + name + " (" + id + ")";
    }
}
