package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesIds;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.Retention;

import org.roaringbitmap.RoaringBitmap;

import java.util.Map;

/// An entry as the payload of a record. Bytes: `docs/format/wal.md`. One thread at a time.
final class EntryEncoder {
    private final BatchEncoder batches = new BatchEncoder();

    /// @return the record's kind
    int encode(LogEntry entry, EncodeBuffer out) {
        return switch (entry) {
            case LogEntry.Write(PointBatch batch) -> {
                batches.encode(batch, out);
                yield WalRecordLayout.KIND_WRITE;
            }
            case LogEntry.Flush(long seconds) -> {
                if (seconds > 0) {
                    out.putVarint(seconds);
                }
                yield WalRecordLayout.KIND_FLUSH;
            }
            case LogEntry.DropDatabase(int database) -> {
                out.putVarint(database);
                yield WalRecordLayout.KIND_DROP_DATABASE;
            }
            case LogEntry.DropMeasurement(MeasurementId measurement) -> {
                out.putVarint(measurement.database());
                out.putVarint(measurement.measurement());
                yield WalRecordLayout.KIND_DROP_MEASUREMENT;
            }
            case LogEntry.Delete(MeasurementId measurement, long upTo, DeletedRows rows) -> {
                out.putVarint(measurement.database());
                out.putVarint(measurement.measurement());
                out.putVarint(upTo);
                byte[] bytes = rows.toBytes();
                out.putVarint(bytes.length);
                out.putBytes(bytes, 0, bytes.length);
                yield WalRecordLayout.KIND_DELETE;
            }
            case LogEntry.Forget(MeasurementId measurement, RoaringBitmap series) -> {
                out.putVarint(measurement.database());
                out.putVarint(measurement.measurement());
                byte[] ids = SeriesIds.toBytes(series);
                out.putVarint(ids.length);
                out.putBytes(ids, 0, ids.length);
                yield WalRecordLayout.KIND_FORGET;
            }
            case LogEntry.CreateDatabase(String database) -> {
                out.putText(database);
                yield WalRecordLayout.KIND_CREATE_DATABASE;
            }
            case LogEntry.SetRetention(int database, int measurement, Retention retention) -> {
                out.putVarint(database);
                out.putVarint(measurement);
                out.putVarint(retention.nanos());
                yield WalRecordLayout.KIND_SET_RETENTION;
            }
            case LogEntry.SetDocument(String name, long expected, String text) -> {
                out.putText(name);
                out.putVarint(expected);
                out.putText(text);
                yield WalRecordLayout.KIND_SET_DOCUMENT;
            }
            case LogEntry.Define(Definitions definitions) -> {
                encode(definitions, out);
                yield WalRecordLayout.KIND_DEFINE;
            }
        };
    }

    private static void encode(Definitions definitions, EncodeBuffer out) {
        out.putText(definitions.database());
        out.putVarint(definitions.databaseNumber());
        out.putVarint(definitions.measurements().size());
        for (Definitions.Measurement each : definitions.measurements()) {
            out.putText(each.name());
            out.putVarint(each.tagKeys().size());
            each.tagKeys().forEach(out::putText);
            out.putVarint(each.fields().size());
            for (Map.Entry<String, FieldType> field : each.fields().entrySet()) {
                out.putText(field.getKey());
                out.putByte(field.getValue().id());
            }
        }
    }

    /// How many bytes an entry takes at most, roughly: for limits before anything is encoded.
    static long estimateBytes(LogEntry entry) {
        return switch (entry) {
            case LogEntry.Write(PointBatch batch) -> BatchEncoder.estimateBytes(batch);
            case LogEntry.Define(Definitions definitions) ->
                    64 + 256L * definitions.measurements().size();
            case LogEntry.Delete delete -> 64 + delete.rows().sizeBytes();
            case LogEntry.Forget forget -> 64L + forget.series().serializedSizeInBytes();
            case LogEntry.SetDocument document -> 64 + 3L * document.text().length();
            case LogEntry.Flush _,
                    LogEntry.DropDatabase _,
                    LogEntry.DropMeasurement _,
                    LogEntry.SetRetention _,
                    LogEntry.CreateDatabase _ ->
                    64;
        };
    }
}
