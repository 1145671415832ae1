package io.tsdb.ingest.batch;

import java.util.List;

/// A line that was taken on the understanding that what is new in it gets defined: enough to refuse
/// it like any other when somebody else defines it otherwise.
///
/// @param lineNumber counted from 1 through the request
/// @param originalLine shortened
/// @param fields those that the catalog lacked
public record PendingLine(
        String measurement, long lineNumber, String originalLine, List<Field> fields) {
    public PendingLine {
        fields = List.copyOf(fields);
    }

    /// @param lineNumber where the field stands: a line may span several
    /// @param column byte in that line, counted from 1
    public record Field(String name, long lineNumber, int column) {}

    /// Memory that it takes, about.
    long bytes() {
        return 128 + 2L * originalLine.length() + 96L * fields.size();
    }
}
