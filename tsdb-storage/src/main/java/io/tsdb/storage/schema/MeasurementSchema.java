package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;

import org.jspecify.annotations.Nullable;

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

/// Fields and tag keys of one measurement. Any thread; only ever grows.
public final class MeasurementSchema {
    private final String database;
    private final String name;
    private final Map<String, FieldSchema> fields = new ConcurrentHashMap<>();
    private volatile List<FieldSchema> byIndex = List.of();
    private final ConcurrentSkipListSet<String> tagKeys = new ConcurrentSkipListSet<>();

    MeasurementSchema(String database, String name) {
        this.database = database;
        this.name = name;
    }

    public String database() {
        return database;
    }

    public String name() {
        return name;
    }

    public Optional<FieldSchema> field(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    /// The field, registered with this type when it is new: the caller compares
    /// [FieldSchema#type()] with what it has.
    ///
    /// @throws NameConflictException when a tag has this name
    public FieldSchema addField(String field, FieldType type) {
        FieldSchema known = fields.get(field);
        return known != null ? known : register(field, type);
    }

    private synchronized FieldSchema register(String field, FieldType type) {
        @Nullable FieldSchema known = fields.get(field);
        if (known != null) {
            return known;
        }
        if (tagKeys.contains(field)) {
            throw new NameConflictException(
                    "field '" + field + "' of measurement '" + name + "' has the name of a tag");
        }
        var added = new FieldSchema(field, type, byIndex.size());
        var list = new ArrayList<>(byIndex);
        list.add(added);
        byIndex = List.copyOf(list);
        fields.put(field, added);
        return added;
    }

    /// @throws NameConflictException when a field has this name
    public void addTagKey(String key) {
        if (!tagKeys.contains(key)) {
            registerTag(key);
        }
    }

    private synchronized void registerTag(String key) {
        if (fields.containsKey(key)) {
            throw new NameConflictException(
                    "tag '" + key + "' of measurement '" + name + "' has the name of a field");
        }
        tagKeys.add(key);
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
}
