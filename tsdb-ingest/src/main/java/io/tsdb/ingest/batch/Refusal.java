package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldType;

/// Why a well-formed point cannot go into a batch.
public sealed interface Refusal {
    /// The field is fixed to another type.
    ///
    /// @param field number of the field in its [ParsedPoint]
    record TypeConflict(
            int field, String measurement, String name, FieldType input, FieldType existing)
            implements Refusal {}

    /// One name for a tag and a field.
    record NameConflict(String message) implements Refusal {}

    /// There are as many of something as there may be.
    record Limit(String message) implements Refusal {}

    /// The canonical series key would be too long.
    record KeyTooLong(int bytes, int bytesMax) implements Refusal {}
}
