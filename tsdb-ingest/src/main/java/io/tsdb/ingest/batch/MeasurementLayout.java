package io.tsdb.ingest.batch;

import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What a connection knows of a measurement: its fields by spelling, and the field a line starts
/// with. One thread.
public final class MeasurementLayout {
    private final String name;
    private final int index;
    private @Nullable MeasurementSchema schema;
    private final FieldSlots slots = new FieldSlots();
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
            slots.add(new FieldSlot(Arrays.copyOfRange(source, from, to), field));
        }
    }
}
