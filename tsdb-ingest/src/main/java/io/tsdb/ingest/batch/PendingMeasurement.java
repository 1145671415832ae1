package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// What one request has that the catalog lacks, of one measurement: for this request it counts as
/// if it were defined. One thread.
final class PendingMeasurement {
    private final Set<String> tagKeys = new LinkedHashSet<>();
    private final Map<String, FieldType> fields = new LinkedHashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Overtaken overtakenTags = new Overtaken();
    private final Overtaken overtakenFields = new Overtaken();

    boolean hasTagKey(String key) {
        return tagKeys.contains(key);
    }

    @Nullable FieldType fieldType(String field) {
        return fields.get(field);
    }

    /// Tag keys of the measurement, with those that are pending, as [Overtaken#total] counts.
    int tagKeyCount(@Nullable MeasurementSchema known, int limit) {
        int there = known == null ? 0 : known.tagKeyCount();
        return overtakenTags.total(
                there, tagKeys, key -> known != null && known.hasTagKey(key), limit);
    }

    /// Fields of the measurement, with those that are pending, as [Overtaken#total] counts.
    int fieldCount(@Nullable MeasurementSchema known, int limit) {
        int there = known == null ? 0 : known.fieldsByIndex().size();
        return overtakenFields.total(
                there,
                fields.keySet(),
                field -> known != null && known.field(field).isPresent(),
                limit);
    }

    /// @param known whether the catalog has it
    void addTagKey(String key, boolean known) {
        if (tagKeys.add(key) && known) {
            overtakenTags.add();
        }
    }

    void addField(String field, FieldType type) {
        fields.put(field, type);
    }

    /// Counts the lines with a name.
    ///
    /// @return how many had it before
    int use(String name) {
        return uses.merge(name, 1, Integer::sum) - 1;
    }

    void addTo(Definitions.Builder definitions, String measurement) {
        definitions.tags(measurement, tagKeys);
        fields.forEach((field, type) -> definitions.field(measurement, field, type));
    }
}
