package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.storage.model.FieldType;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The refused lines of a request, told apart as Influx does: lines that are no points
/// ("unparsed"), and points that the schema does not take ("dropped").
///
/// @param database that the request went to
/// @param unparsed lines that are no points, the first ones
/// @param dropped lines that the schema refused, the first ones
/// @param unlisted refused lines beyond the ones that are described
/// @param strippedTimeFields fields named `time` taken out of points that were kept
/// @param strippedMeasurement measurement of the first of them
record LineErrors(
        String database,
        List<LineError> unparsed,
        List<LineError> dropped,
        int unlisted,
        int strippedTimeFields,
        String strippedMeasurement) {

    static LineErrors of(String database, DecodeResult result) {
        var unparsed = new ArrayList<LineError>();
        var dropped = new ArrayList<LineError>();
        for (LineError error : result.errors()) {
            switch (error.kind()) {
                case SYNTAX, VALUE_RANGE, TIMESTAMP_RANGE, LIMIT -> unparsed.add(error);
                case TYPE_CONFLICT, NAME_CONFLICT, RESERVED_NAME, SCHEMA_LIMIT ->
                        dropped.add(error);
            }
        }
        return new LineErrors(
                database,
                List.copyOf(unparsed),
                List.copyOf(dropped),
                result.errorCount() - result.errors().size(),
                result.strippedTimeFields(),
                result.strippedTime().measurement());
    }

    boolean isEmpty() {
        return unparsed.isEmpty() && dropped.isEmpty() && unlisted == 0 && strippedTimeFields == 0;
    }

    /// All refused lines that are described, by number.
    List<LineError> inOrder() {
        var all = new ArrayList<LineError>(unparsed);
        all.addAll(dropped);
        all.sort(Comparator.comparingLong(LineError::lineNumber));
        return all;
    }

    /// `unable to parse 'line': why` for each unparsed line, joined by newlines.
    String unparsedText() {
        var text = new StringBuilder();
        for (LineError error : unparsed) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append("unable to parse '").append(error.originalLine()).append("': ");
            text.append(whyAndWhere(error));
        }
        if (dropped.isEmpty()) {
            appendUnlisted(text);
        }
        return text.toString();
    }

    /// Everything that was refused or stripped, in Influx's words.
    String allText() {
        var text = new StringBuilder(unparsed.isEmpty() ? "" : unparsedText());
        for (LineError error : dropped) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append(droppedText(error));
        }
        if (!dropped.isEmpty()) {
            appendUnlisted(text);
        }
        if (strippedTimeFields > 0) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append(strippedText());
        }
        return text.toString();
    }

    /// `partial write: ... dropped=n for database: d for retention policy: autogen`.
    String partialWriteText() {
        int droppedCount = dropped.size() + (unparsed.isEmpty() ? unlisted : 0);
        return "partial write: "
                + allText()
                + " dropped="
                + droppedCount
                + " for database: "
                + database
                + " for retention policy: autogen";
    }

    String strippedText() {
        return "invalid field name: input field \"time\" on measurement \""
                + strippedMeasurement
                + "\" is invalid. Field \"time\" has been stripped from point.";
    }

    /// Why, and where the line is.
    static String whyAndWhere(LineError error) {
        return error.message()
                + " (line "
                + error.lineNumber()
                + ", column "
                + error.column()
                + ")";
    }

    /// The reason for one line that the schema refused, with its number.
    private static String droppedText(LineError error) {
        LineError.TypeConflict conflict = error.conflict();
        String why = conflict == null ? error.message() : conflictText(conflict);
        return why + " (line " + error.lineNumber() + ")";
    }

    /// Both types, in the words that Influx clients look for.
    static String conflictText(LineError.TypeConflict conflict) {
        return "field type conflict: input field \""
                + conflict.field()
                + "\" on measurement \""
                + conflict.measurement()
                + "\" is type "
                + influxName(conflict.input())
                + ", already exists as type "
                + influxName(conflict.existing());
    }

    private void appendUnlisted(StringBuilder text) {
        if (unlisted > 0) {
            text.append("\n... and ").append(unlisted).append(" more lines");
        }
    }

    private static String influxName(FieldType type) {
        return switch (type) {
            case INT64 -> "integer";
            case UINT64 -> "unsigned";
            case FLOAT64 -> "float";
            case BOOL -> "boolean";
            case STRING -> "string";
        };
    }
}
