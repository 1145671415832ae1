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
/// @param unparsedCount all lines that are no points
/// @param droppedCount all lines that the schema refused
/// @param strippedTimeFields fields named `time` taken out of points that were kept
/// @param strippedMeasurement measurement of the first of them
record LineErrors(
        String database,
        List<LineError> unparsed,
        List<LineError> dropped,
        int unparsedCount,
        int droppedCount,
        int strippedTimeFields,
        String strippedMeasurement) {

    static LineErrors of(String database, DecodeResult result) {
        var unparsed = new ArrayList<LineError>();
        var dropped = new ArrayList<LineError>();
        for (LineError error : result.errors()) {
            (error.kind().isOfSchema() ? dropped : unparsed).add(error);
        }
        return new LineErrors(
                database,
                List.copyOf(unparsed),
                List.copyOf(dropped),
                result.refused().unparsedCount(),
                result.refused().droppedCount(),
                result.strippedTimeFields(),
                result.strippedTime().measurement());
    }

    boolean isEmpty() {
        return unparsedCount == 0 && droppedCount == 0 && strippedTimeFields == 0;
    }

    /// Refused lines beyond the ones that are described.
    int unlisted() {
        return unparsedCount - unparsed.size() + droppedCount - dropped.size();
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
        if (droppedCount == 0) {
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
        if (droppedCount > 0) {
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
        if (unlisted() > 0) {
            text.append("\n... and ").append(unlisted()).append(" more lines");
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
