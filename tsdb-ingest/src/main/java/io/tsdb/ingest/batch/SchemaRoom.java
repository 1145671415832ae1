package io.tsdb.ingest.batch;

import io.tsdb.storage.schema.DatabaseSchema;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.SchemaLimits;

import org.jspecify.annotations.Nullable;

/// Whether there is room for what a point brings that the catalog lacks. Pure.
///
/// Requests that bring something new at the same moment may each see the last room, so a limit can
/// be passed by what they have in hand.
final class SchemaRoom {
    private SchemaRoom() {}

    /// @param schema of the database; null when there is none yet
    /// @param fields the catalog's fields of the point, null where it lacks one
    /// @return null when there is room
    static @Nullable Refusal check(
            SchemaLimits limits,
            @Nullable DatabaseSchema schema,
            PendingRows pendingRows,
            MeasurementLayout layout,
            ParsedPoint point,
            @Nullable FieldSchema[] fields) {
        MeasurementSchema known = layout.schema();
        PendingMeasurement pending = pendingRows.measurement(layout.name());
        if (known == null && pending == null) {
            int measurements = schema == null ? 0 : schema.measurementCount();
            if (measurements + pendingRows.measurementCount() >= limits.measurements()) {
                return noMeasurement(limits);
            }
        }
        int newFields = newFields(point, pending, fields);
        int fieldCount =
                (known == null ? 0 : known.fieldsByIndex().size())
                        + (pending == null ? 0 : pending.fieldCount());
        if (newFields > 0 && fieldCount + newFields > limits.fields()) {
            return full(layout, fieldCount, "fields", limits.fields(), "measurement-fields-max");
        }
        int newTags = newTags(point, known, pending);
        if (newTags == 0) {
            return null;
        }
        int tagCount =
                (known == null ? 0 : known.tagKeyCount())
                        + (pending == null ? 0 : pending.tagKeyCount());
        return tagCount + newTags <= limits.tags()
                ? null
                : full(layout, tagCount, "tag keys", limits.tags(), "measurement-tags-max");
    }

    private static int newFields(
            ParsedPoint point,
            @Nullable PendingMeasurement pending,
            @Nullable FieldSchema[] fields) {
        int count = 0;
        for (int i = 0; i < point.fieldCount(); i++) {
            if (fields[i] == null
                    && point.firstOfSameName(i) == i
                    && (pending == null || pending.fieldType(point.fieldName(i)) == null)) {
                count++;
            }
        }
        return count;
    }

    private static int newTags(
            ParsedPoint point,
            @Nullable MeasurementSchema known,
            @Nullable PendingMeasurement pending) {
        int count = 0;
        for (int tag = 0; tag < point.tagCount(); tag++) {
            String key = point.tagKey(tag);
            if ((known == null || !known.hasTagKey(key))
                    && (pending == null || !pending.hasTagKey(key))) {
                count++;
            }
        }
        return count;
    }

    private static Refusal noMeasurement(SchemaLimits limits) {
        return new Refusal.Limit(
                "no room for a new measurement: a database has at most "
                        + limits.measurements()
                        + " (measurements-max); those that exist go on");
    }

    private static Refusal full(
            MeasurementLayout layout, int count, String what, int most, String setting) {
        return new Refusal.Limit(
                "no room for more "
                        + what
                        + ": measurement '"
                        + layout.name()
                        + "' has "
                        + count
                        + ", the limit is "
                        + most
                        + " ("
                        + setting
                        + "); those that exist go on");
    }
}
