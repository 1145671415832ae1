package io.tsdb.cluster.node.client;

import java.util.List;

/// Rows that a node answered with, as text.
///
/// @param rows values in the order of the columns, absent ones empty
/// @param elapsedMillis that the node needed
public record SqlAnswer(List<Column> columns, List<List<String>> rows, double elapsedMillis) {
    /// @param type name in the answers of a node, such as `float64`
    public record Column(String name, String type) {
        boolean isNumber() {
            return type.equals("int64") || type.equals("uint64") || type.equals("float64");
        }
    }

    public SqlAnswer {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }
}
