package io.tsdb.storage.head;

import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a head holds of one measurement: its series, and the row layouts they share. Writer thread
/// only.
final class MeasurementHead {
    private final MeasurementSchema schema;
    private final List<SeriesHead> series = new ArrayList<>();
    private final Map<List<Integer>, RowLayout> layouts = new HashMap<>();
    private long pointCount;

    MeasurementHead(MeasurementSchema schema) {
        this.schema = schema;
    }

    MeasurementSchema schema() {
        return schema;
    }

    List<SeriesHead> series() {
        return series;
    }

    long pointCount() {
        return pointCount;
    }

    void addPoints(int count) {
        pointCount += count;
    }

    /// Bytes of open buffers and sealed blocks.
    long bytes() {
        long bytes = 0;
        for (SeriesHead head : series) {
            bytes += head.openBytes();
            for (int i = 0; i < head.sealedCount; i++) {
                bytes += head.sealed[i].sizeBytes();
            }
        }
        return bytes;
    }

    /// The one layout of a set of fields, given in any order.
    RowLayout layout(FieldSchema[] fields) {
        FieldSchema[] sorted = fields.clone();
        Arrays.sort(sorted, Comparator.comparingInt(FieldSchema::index));
        var key = new ArrayList<Integer>(sorted.length);
        for (FieldSchema field : sorted) {
            key.add(field.index());
        }
        return layouts.computeIfAbsent(key, _ -> new RowLayout(sorted));
    }

    RowLayout union(RowLayout a, RowLayout b) {
        var all = new ArrayList<>(List.of(a.fields()));
        for (FieldSchema field : b.fields()) {
            if (a.slotOf(field.index()) < 0) {
                all.add(field);
            }
        }
        return layout(all.toArray(FieldSchema[]::new));
    }
}
