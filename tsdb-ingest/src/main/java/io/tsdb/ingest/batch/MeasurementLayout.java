package io.tsdb.ingest.batch;

import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What a connection knows of a measurement: its fields by spelling, and the field a line starts
/// with. One thread.
public final class MeasurementLayout {
    private final MeasurementSchema schema;
    private final int index;
    private final FieldSlots slots = new FieldSlots();
    private @Nullable FieldSlot first;

    /// @param index dense number within the connection and database
    MeasurementLayout(MeasurementSchema schema, int index) {
        this.schema = schema;
        this.index = index;
    }

    MeasurementSchema schema() {
        return schema;
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
