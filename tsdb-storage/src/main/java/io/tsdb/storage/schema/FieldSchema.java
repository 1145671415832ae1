package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;

/// A field of a measurement.
///
/// @param name as the client sent it
/// @param type fixed by the first definition in the log
/// @param index dense number within the measurement, in order of definition; the same for as long
///   as the measurement lives, and in the log
public record FieldSchema(String name, FieldType type, int index) {}
