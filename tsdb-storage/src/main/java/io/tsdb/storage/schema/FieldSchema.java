package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;

/// A field of a measurement.
///
/// @param name as the client sent it
/// @param type fixed by the first point
/// @param index dense number within the measurement, in order of registration; holds while the
///   process lives, never on disk
public record FieldSchema(String name, FieldType type, int index) {}
