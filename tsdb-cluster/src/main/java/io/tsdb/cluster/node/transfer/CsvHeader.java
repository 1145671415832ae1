package io.tsdb.cluster.node.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The header line that `tsdb export --format csv` writes: each cell is a name, a colon and what
/// the column is, so that an import has nothing to guess. See `docs/csv.md`.
final class CsvHeader {
    private CsvHeader() {}

    /// What a column is, as the header spells it.
    ///
    /// @param type of the SQL column
    /// @throws IllegalArgumentException for a type that a header has no word for
    static String cell(String name, String type, boolean isTag) {
        if (!isTag && role(type).isEmpty()) {
            throw new IllegalArgumentException(
                    "column " + LineEscapes.shown(name) + " has the type " + type);
        }
        String cell = name + ":" + (isTag ? "tag" : type);
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ');
        return plain && cell.equals(cell.strip()) ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /// The columns of a header in which every cell says what its column is, and one is the time;
    /// empty for any other header.
    static Optional<List<CsvMapping.Column>> columns(List<String> cells) {
        var columns = new ArrayList<CsvMapping.Column>();
        int times = 0;
        for (String cell : cells) {
            int colon = cell.lastIndexOf(':');
            Optional<CsvMapping.Role> role =
                    colon < 1 ? Optional.empty() : role(cell.substring(colon + 1));
            if (role.isEmpty()) {
                return Optional.empty();
            }
            times += role.get() == CsvMapping.Role.TIME ? 1 : 0;
            columns.add(CsvMapping.Column.of(cell.substring(0, colon), role.get()));
        }
        return times == 1 ? Optional.of(columns) : Optional.empty();
    }

    private static Optional<CsvMapping.Role> role(String word) {
        return switch (word) {
            case "timestamp" -> Optional.of(CsvMapping.Role.TIME);
            case "tag" -> Optional.of(CsvMapping.Role.TAG);
            case "int64" -> Optional.of(CsvMapping.Role.INT);
            case "uint64" -> Optional.of(CsvMapping.Role.UINT);
            case "float64" -> Optional.of(CsvMapping.Role.FLOAT);
            case "bool" -> Optional.of(CsvMapping.Role.BOOL);
            case "string" -> Optional.of(CsvMapping.Role.STRING);
            default -> Optional.empty();
        };
    }
}
