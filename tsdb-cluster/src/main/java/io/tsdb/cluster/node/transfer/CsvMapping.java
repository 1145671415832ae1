package io.tsdb.cluster.node.transfer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which columns of a CSV file become what.
///
/// @param measurement of every row
/// @param columns in file order
/// @param constantTags of every row
/// @param time where the time of a row comes from
/// @param absentWords cells that say the same as an empty one, whatever their column
record CsvMapping(
        String measurement,
        List<Column> columns,
        Map<String, String> constantTags,
        TimeSource time,
        Set<String> absentWords) {
    /// @param decimalComma numbers are written with a comma for the point
    /// @param hasAbsentWords the words of [CsvCell#isAbsentWord] are no values
    record Column(String name, Role role, boolean decimalComma, boolean hasAbsentWords) {
        static Column of(String name, Role role) {
            return new Column(name, role, false, false);
        }
    }

    CsvMapping {
        columns = List.copyOf(columns);
        constantTags = new LinkedHashMap<>(constantTags);
        absentWords = Set.copyOf(absentWords);
        if (columns.stream().noneMatch(column -> column.role().isField())) {
            throw new IllegalArgumentException(
                    "no column is a field ("
                            + columns.stream()
                                    .map(c -> c.name() + " " + c.role().word())
                                    .collect(Collectors.joining(", "))
                            + "): name one with --field COLUMN[:int|uint|float|bool|string]");
        }
        for (Column column : columns) {
            boolean isName = column.role() == Role.TAG || column.role().isField();
            if (isName && column.name().equals("time")) {
                throw new IllegalArgumentException(
                        "column 'time' cannot be a tag or a field: leave it out with --skip time,"
                                + " or name the columns with --columns");
            }
            if (isName && constantTags.containsKey(column.name())) {
                throw new IllegalArgumentException(
                        "--set " + column.name() + " is also a column of the file");
            }
        }
    }

    enum Role {
        TIME,
        TAG,
        INT,
        UINT,
        FLOAT,
        BOOL,
        STRING,
        SKIP;

        boolean isField() {
            return switch (this) {
                case INT, UINT, FLOAT, BOOL, STRING -> true;
                case TIME, TAG, SKIP -> false;
            };
        }

        boolean isNumber() {
            return this == INT || this == UINT || this == FLOAT;
        }

        String word() {
            return switch (this) {
                case TIME -> "time";
                case TAG -> "tag";
                case INT -> "int";
                case UINT -> "uint";
                case FLOAT -> "float";
                case BOOL -> "bool";
                case STRING -> "string";
                case SKIP -> "left out";
            };
        }

        static Role ofType(String type) {
            return switch (type) {
                case "int" -> INT;
                case "uint" -> UINT;
                case "float" -> FLOAT;
                case "bool" -> BOOL;
                case "string" -> STRING;
                default ->
                        throw new IllegalArgumentException(
                                "field type '"
                                        + type
                                        + "' is not known; use int, uint, float, bool or string");
            };
        }
    }

    /// Where times come from.
    sealed interface TimeSource {
        /// From the columns with the role TIME, joined by a blank.
        record Column(TimeText text) implements TimeSource {}

        /// Not in the file: a first time and a step per row, nanoseconds.
        record Steps(long startNanos, long stepNanos) implements TimeSource {}
    }
}
