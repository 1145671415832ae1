package io.tsdb.cluster.node.shell;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Shows where in a statement an error is: the line, and a caret under the column.
final class ErrorCaret {
    private static final Pattern PLACE = Pattern.compile("^([0-9]+):([0-9]+): ");

    private ErrorCaret() {}

    static String show(String statement, String message) {
        Matcher place = PLACE.matcher(message);
        if (!place.find()) {
            return "error: " + message;
        }
        String[] lines = statement.split("\n", -1);
        int line = Integer.parseInt(place.group(1));
        int column = Integer.parseInt(place.group(2));
        if (line < 1 || line > lines.length) {
            return "error: " + message;
        }
        return lines[line - 1]
                + "\n"
                + " ".repeat(Math.max(0, column - 1))
                + "^\nerror: "
                + message;
    }
}
