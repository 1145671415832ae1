package io.tsdb.ingest.protocol;

import io.tsdb.storage.model.FieldType;

import org.jspecify.annotations.Nullable;

/// A line that was refused: where, what it said, and why.
///
/// @param lineNumber counted from 1 through the request (through the connection for TCP); the
///   physical line of the error where a string spans several
/// @param column byte in that line, counted from 1
/// @param originalLine the line as sent, shortened, bytes that are no UTF-8 replaced
/// @param kind for counters and for the status an endpoint answers
/// @param message why, without line and column
/// @param conflict the types for [Kind#TYPE_CONFLICT], else null
public record LineError(
        long lineNumber,
        int column,
        String originalLine,
        Kind kind,
        String message,
        @Nullable TypeConflict conflict) {

    /// Why a line was refused.
    public enum Kind {
        /// Not in the grammar, or not UTF-8.
        SYNTAX,
        /// A number that its type cannot hold.
        VALUE_RANGE,
        /// A timestamp that does not fit nanoseconds since the epoch.
        TIMESTAMP_RANGE,
        /// The field exists with another type.
        TYPE_CONFLICT,
        /// A tag has the name of a field or the other way round.
        NAME_CONFLICT,
        /// A tag named `time`, or no field but one named `time`.
        RESERVED_NAME,
        /// A limit of [DecodeLimits] or the longest series key.
        LIMIT,
        /// A new series where there are as many as there may be: the line is right, and would be
        /// taken elsewhere.
        SCHEMA_LIMIT;

        /// Whether the line is a point, which the schema does not take; else it is none.
        public boolean isOfSchema() {
            return switch (this) {
                case SYNTAX, VALUE_RANGE, TIMESTAMP_RANGE, LIMIT -> false;
                case TYPE_CONFLICT, NAME_CONFLICT, RESERVED_NAME, SCHEMA_LIMIT -> true;
            };
        }
    }

    /// A line whose field exists with another type.
    public static LineError of(
            TypeConflict conflict, long lineNumber, int column, String originalLine) {
        String message =
                "field '"
                        + conflict.field()
                        + "' of measurement '"
                        + conflict.measurement()
                        + "' is "
                        + conflict.existing().sqlName()
                        + ", the line has "
                        + conflict.input().sqlName();
        return new LineError(
                lineNumber, column, originalLine, Kind.TYPE_CONFLICT, message, conflict);
    }

    /// What was sent and what exists.
    public record TypeConflict(
            String measurement, String field, FieldType input, FieldType existing) {}
}
