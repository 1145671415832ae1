package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesIds;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.Retention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;

/// The way back from [EntryEncoder]'s bytes. One thread at a time.
final class EntryDecoder {
    private final BatchDecoder batches = new BatchDecoder();

    LogEntry decode(int kind, DecodeCursor source) {
        LogEntry entry =
                switch (kind) {
                    case WalRecordLayout.KIND_WRITE -> new LogEntry.Write(batches.decode(source));
                    case WalRecordLayout.KIND_FLUSH ->
                            new LogEntry.Flush(source.remaining() == 0 ? 0 : source.getVarint());
                    case WalRecordLayout.KIND_DROP_DATABASE ->
                            new LogEntry.DropDatabase(number(source));
                    case WalRecordLayout.KIND_DROP_MEASUREMENT ->
                            new LogEntry.DropMeasurement(
                                    new MeasurementId(number(source), number(source)));
                    case WalRecordLayout.KIND_DELETE -> delete(source);
                    case WalRecordLayout.KIND_FORGET -> forget(source);
                    case WalRecordLayout.KIND_CREATE_DATABASE ->
                            new LogEntry.CreateDatabase(source.getText());
                    case WalRecordLayout.KIND_SET_RETENTION -> retention(source);
                    case WalRecordLayout.KIND_SET_DOCUMENT ->
                            new LogEntry.SetDocument(
                                    source.getText(), source.getVarint(), source.getText());
                    case WalRecordLayout.KIND_DEFINE -> new LogEntry.Define(definitions(source));
                    default -> throw source.corrupt("no record kind has the number " + kind);
                };
        if (source.remaining() != 0) {
            throw source.corrupt(source.remaining() + " bytes follow the end of the record");
        }
        return entry;
    }

    private static int number(DecodeCursor source) {
        int number = source.getCount(Integer.MAX_VALUE);
        if (number == 0) {
            throw source.corrupt("0 is no number of a database or measurement");
        }
        return number;
    }

    private static LogEntry retention(DecodeCursor source) {
        int database = number(source);
        int measurement = source.getCount(Integer.MAX_VALUE);
        long nanos = source.getVarint();
        if (nanos < 0) {
            throw source.corrupt("a retention of " + nanos + " ns");
        }
        return new LogEntry.SetRetention(database, measurement, new Retention(nanos));
    }

    private static LogEntry delete(DecodeCursor source) {
        var measurement = new MeasurementId(number(source), number(source));
        long upTo = source.getVarint();
        int length = source.getCount(source.remaining());
        int at = source.skip(length);
        byte[] rows = Arrays.copyOfRange(source.bytes(), at, at + length);
        try {
            return new LogEntry.Delete(measurement, upTo, DeletedRows.of(rows));
        } catch (IllegalArgumentException e) {
            throw source.corrupt(String.valueOf(e.getMessage()));
        }
    }

    private static LogEntry forget(DecodeCursor source) {
        var measurement = new MeasurementId(number(source), number(source));
        int length = source.getCount(source.remaining());
        int at = source.skip(length);
        try {
            return new LogEntry.Forget(measurement, SeriesIds.of(source.bytes(), at, at + length));
        } catch (IllegalArgumentException e) {
            throw source.corrupt(String.valueOf(e.getMessage()));
        }
    }

    private static Definitions definitions(DecodeCursor source) {
        String database = source.getText();
        int databaseNumber = source.getCount(Integer.MAX_VALUE);
        int count = source.getCount(source.remaining());
        var measurements = new ArrayList<Definitions.Measurement>();
        for (int i = 0; i < count; i++) {
            measurements.add(measurement(source));
        }
        return new Definitions(database, databaseNumber, measurements);
    }

    private static Definitions.Measurement measurement(DecodeCursor source) {
        String name = source.getText();
        var tagKeys = new LinkedHashSet<String>();
        int tagCount = source.getCount(source.remaining());
        for (int i = 0; i < tagCount; i++) {
            tagKeys.add(source.getText());
        }
        var fields = new LinkedHashMap<String, FieldType>();
        int fieldCount = source.getCount(source.remaining());
        for (int i = 0; i < fieldCount; i++) {
            String field = source.getText();
            fields.put(field, source.getFieldType());
        }
        return new Definitions.Measurement(name, tagKeys, fields);
    }
}
