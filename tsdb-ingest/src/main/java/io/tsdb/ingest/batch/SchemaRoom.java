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
        if (known == null
                && pending == null
                && pendingRows.measurementCount(schema, limits.measurements() - 1)
                        >= limits.measurements()) {
            return noMeasurement(limits);
        }
        int newFields = newFields(point, pending, fields);
        if (newFields > 0) {
            int most = limits.fields() - newFields;
            int count =
                    pending == null
                            ? known == null ? 0 : known.fieldsByIndex().size()
                            : pending.fieldCount(known, most);
            if (count > most) {
                return full(layout, count, "fields", limits.fields(), "measurement-fields-max");
            }
        }
        int newTags = newTags(point, known, pending);
        if (newTags > 0) {
            int most = limits.tags() - newTags;
            int count =
                    pending == null
                            ? known == null ? 0 : known.tagKeyCount()
                            : pending.tagKeyCount(known, most);
            if (count > most) {
                return full(layout, count, "tag keys", limits.tags(), "measurement-tags-max");
            }
        }
        return null;
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
