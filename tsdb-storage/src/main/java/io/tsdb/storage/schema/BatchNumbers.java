package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;

import java.util.List;

/// Puts the catalog's numbers into batches that were built by names: what is logged knows numbers
/// alone.
public final class BatchNumbers {
    private BatchNumbers() {}

    /// Numbers everything in a batch that has rows or series.
    ///
    /// @param database that the batch was built for
    /// @param catalogIndex at which everything that it names was defined
    /// @return false when a measurement was dropped since: the batch must be built anew
    public static boolean put(PointBatch batch, DatabaseSchema database, long catalogIndex) {
        boolean complete = true;
        for (MeasurementRows rows : batch.measurements()) {
            if (rows.rowCount() > 0 || !rows.newSeries().isEmpty()) {
                complete &= put(rows, database);
            }
        }
        batch.number(database.number(), catalogIndex);
        return complete;
    }

    private static boolean put(MeasurementRows rows, DatabaseSchema database) {
        boolean complete = rows.number() != MeasurementRows.UNNUMBERED;
        for (FieldColumn column : rows.columns()) {
            complete &= column.number() != FieldColumn.UNNUMBERED || column.isEmpty();
        }
        return complete || putByName(rows, database);
    }

    private static boolean putByName(MeasurementRows rows, DatabaseSchema database) {
        MeasurementSchema schema = database.measurement(rows.measurement());
        if (schema == null
                || (rows.number() != MeasurementRows.UNNUMBERED
                        && rows.number() != schema.number())) {
            return false;
        }
        rows.number(schema.number());
        for (FieldColumn column : rows.columns()) {
            if (column.number() == FieldColumn.UNNUMBERED && !column.isEmpty()) {
                FieldSchema field = schema.field(column.name()).orElse(null);
                if (field == null || field.type() != column.type()) {
                    return false;
                }
                column.number(field.index());
            }
        }
        return true;
    }

    /// What batches of one database need the catalog to know.
    ///
    /// @param database number of the database, or [Definitions#BY_NAME]
    public static Definitions needed(List<PointBatch> batches, int database) {
        Definitions.Builder needed = Definitions.in(batches.getFirst().database());
        for (PointBatch batch : batches) {
            for (MeasurementRows rows : batch.measurements()) {
                needed.measurement(rows.measurement());
                for (SeriesKey key : rows.newSeries()) {
                    List<String> tags = key.tags();
                    for (int i = 0; i < tags.size(); i += 2) {
                        needed.tags(rows.measurement(), List.of(tags.get(i)));
                    }
                }
                for (FieldColumn column : rows.columns()) {
                    if (!column.isEmpty()) {
                        needed.field(rows.measurement(), column.name(), column.type());
                    }
                }
            }
        }
        return needed.build(database);
    }
}
