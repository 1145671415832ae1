package io.tsdb.cluster.node.transfer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which columns of a CSV file become what.
///
/// @param measurement of every row
/// @param columns name of each column, in file order
/// @param roles by position
/// @param constantTags of every row
/// @param time where the time of a row comes from
record CsvMapping(
        String measurement,
        List<String> columns,
        List<Role> roles,
        Map<String, String> constantTags,
        TimeSource time) {
    CsvMapping {
        columns = List.copyOf(columns);
        roles = List.copyOf(roles);
        constantTags = new LinkedHashMap<>(constantTags);
        if (columns.size() != roles.size()) {
            throw new IllegalArgumentException(
                    "BUG: " + columns.size() + " columns, " + roles.size() + " roles");
        }
        if (roles.stream().noneMatch(role -> role.isField())) {
            throw new IllegalArgumentException(
                    "no column is a field: name one with --field COLUMN[:int|float|bool|string]");
        }
    }

    enum Role {
        TIME,
        TAG,
        INT,
        FLOAT,
        BOOL,
        STRING,
        SKIP;

        boolean isField() {
            return switch (this) {
                case INT, FLOAT, BOOL, STRING -> true;
                case TIME, TAG, SKIP -> false;
            };
        }

        static Role ofType(String type) {
            return switch (type) {
                case "int" -> INT;
                case "float" -> FLOAT;
                case "bool" -> BOOL;
                case "string" -> STRING;
                default ->
                        throw new IllegalArgumentException(
                                "field type '"
                                        + type
                                        + "' is not known; use int, float, bool or string");
            };
        }
    }

    /// Where times come from.
    sealed interface TimeSource {
        /// From the column with the role TIME: RFC 3339 text, or a number in this unit.
        record Column(String unit) implements TimeSource {}

        /// Not in the file: a first time and a step per row, nanoseconds.
        record Steps(long startNanos, long stepNanos) implements TimeSource {}
    }
}
