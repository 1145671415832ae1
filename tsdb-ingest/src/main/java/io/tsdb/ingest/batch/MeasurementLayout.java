package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// What a connection knows of a measurement: its fields by spelling, and the field a line starts
/// with. One thread.
public final class MeasurementLayout {
    private final String name;
    private final int index;
    private @Nullable MeasurementSchema schema;
    private final Map<String, Integer> pendingPlaces = new HashMap<>();
    private FieldSlots slots = new FieldSlots();
    private @Nullable FieldSlot first;

    /// @param index dense number within the connection and database
    MeasurementLayout(String name, int index) {
        this.name = name;
        this.index = index;
    }

    String name() {
        return name;
    }

    /// Null while the catalog has no such measurement.
    @Nullable MeasurementSchema schema() {
        return schema;
    }

    void schema(@Nullable MeasurementSchema found) {
        schema = found;
    }

    int index() {
        return index;
    }

    /// The field that the latest line started with.
    public @Nullable FieldSlot first() {
        return first;
    }

    public void startWith(FieldSlot slot) {
        first = slot;
    }

    /// The field that is spelled so, when a point of this connection had it.
    ///
    /// @param from raw name and the `=` behind it
    public @Nullable FieldSlot find(byte[] source, int from, int to) {
        return slots.find(source, from, to);
    }

    void learn(byte[] source, int from, int to, FieldSchema field) {
        if (slots.find(source, from, to) == null) {
            add(source, from, to, field.name(), field.type(), ShardRows.placeOf(field));
        }
    }

    /// Learns a field that the catalog lacks, for as long as the request lasts.
    void learnPending(byte[] source, int from, int to, String field, FieldType type) {
        if (slots.find(source, from, to) != null) {
            return;
        }
        int place = pendingPlaces.getOrDefault(field, pendingPlaces.size());
        if (place < ShardRows.PENDING_PLACES) {
            pendingPlaces.put(field, place);
            add(source, from, to, field, type, place);
        }
    }

    private void add(byte[] source, int from, int to, String field, FieldType type, int place) {
        slots.add(new FieldSlot(Arrays.copyOfRange(source, from, to), field, type, place));
    }

    /// Forgets the fields of a request that is over; with them the others, which may lead to them.
    void forgetPending() {
        if (!pendingPlaces.isEmpty()) {
            pendingPlaces.clear();
            slots = new FieldSlots();
            first = null;
        }
    }
}
