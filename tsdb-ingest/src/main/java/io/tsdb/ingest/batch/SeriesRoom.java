package io.tsdb.ingest.batch;

import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.schema.SchemaLimits;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Room that one request's new series got at the sink, until it is given back. One thread.
final class SeriesRoom {
    private static final int HASHES = 4096;

    private final PointSink sink;

    /// Number of the database that the series got room in: one for all of them, as it was for the
    /// first.
    private int database;

    private long[] hashes = {0};
    private boolean isEmpty = true;

    /// By [MeasurementLayout#index]: the measurement's number when its first series got room, and
    /// the series and bytes of keys since.
    private int[] measurements = {};

    private long[] counts = {};
    private long[] keyBytes = {};

    SeriesRoom(PointSink sink) {
        this.sink = sink;
    }

    /// Asks for room for a new series, once for all lines that have it (as far as a table of some
    /// thousand remembers).
    ///
    /// @param databaseNumber 0 while there is none
    /// @return why there is none, null when there is
    @Nullable String reserve(
            int databaseNumber, MeasurementLayout layout, int bytes, long keyHash) {
        int slot = (int) keyHash & hashes.length - 1;
        if (!isEmpty && hashes[slot] == keyHash) {
            return null;
        }
        if (isEmpty) {
            database = databaseNumber;
        }
        int at = layout.index();
        if (at >= counts.length) {
            int more = Math.max(8, 2 * at);
            measurements = Arrays.copyOf(measurements, more);
            counts = Arrays.copyOf(counts, more);
            keyBytes = Arrays.copyOf(keyBytes, more);
        }
        if (counts[at] == 0) {
            MeasurementSchema known = layout.schema();
            measurements[at] = known == null || database == 0 ? 0 : known.number();
        }
        String refusal = refusal(measurements[at], counts[at], bytes);
        if (refusal == null) {
            if (hashes.length == 1) {
                hashes = new long[HASHES];
                slot = (int) keyHash & HASHES - 1;
            }
            hashes[slot] = keyHash;
            isEmpty = false;
            counts[at]++;
            keyBytes[at] += bytes;
        }
        return refusal;
    }

    /// A measurement that is not there yet has no more series than the request brings.
    private @Nullable String refusal(int measurement, long coming, int bytes) {
        SchemaLimits limits = sink.schemaLimits();
        if (measurement == 0 && coming >= limits.seriesOfMeasurement()) {
            return limits.noSeriesInMeasurement(coming);
        }
        return sink.reserveSeries(database, measurement, bytes);
    }

    /// Gives all of it back.
    void release() {
        if (isEmpty) {
            return;
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                sink.releaseSeries(database, measurements[i], counts[i], keyBytes[i]);
            }
        }
        Arrays.fill(counts, 0);
        Arrays.fill(keyBytes, 0);
        Arrays.fill(hashes, 0);
        isEmpty = true;
    }
}
