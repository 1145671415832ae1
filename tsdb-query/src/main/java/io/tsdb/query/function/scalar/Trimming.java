package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// What `trim`, `ltrim` and `rtrim` take off a text: white space, or whatever characters a second
/// argument has.
final class Trimming {
    private Trimming() {}

    static Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                (arguments.size() == 1 || arguments.size() == 2)
                        && arguments.stream().allMatch(type -> type == ColumnType.STRING);
        return fits
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    /// @param start whether the start is trimmed
    /// @param end whether the end is
    static void evaluate(
            ColumnVector[] arguments,
            int rowCount,
            ColumnVector result,
            CallSite site,
            boolean start,
            boolean end) {
        if (arguments.length == 1) {
            TextMapping.map(
                    arguments[0],
                    rowCount,
                    result,
                    site,
                    (text, at) -> {
                        at.reserveText(text.length());
                        return start && end
                                ? text.strip()
                                : start ? text.stripLeading() : text.stripTrailing();
                    });
            return;
        }
        TextRows.fill(
                rowCount,
                result,
                row -> {
                    String text = arguments[0].string(row);
                    site.reserveText(text.length());
                    return without(text, arguments[1].string(row), start, end);
                });
    }

    private static String without(String text, String characters, boolean start, boolean end) {
        int from = 0;
        int to = text.length();
        while (start && from < to && characters.indexOf(text.codePointAt(from)) >= 0) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && characters.indexOf(text.codePointBefore(to)) >= 0) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }
}
