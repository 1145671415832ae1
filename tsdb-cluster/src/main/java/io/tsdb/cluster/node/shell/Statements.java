package io.tsdb.cluster.node.shell;

import java.util.ArrayList;
import java.util.List;

/// Splits text into statements at semicolons outside quotes and comments.
final class Statements {
    private Statements() {}

    static List<String> split(String text) {
        var statements = new ArrayList<String>();
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            if (text.charAt(at) == ';') {
                add(statements, text.substring(from, at));
                from = ++at;
            } else {
                at = skip(text, at);
            }
        }
        add(statements, text.substring(from));
        return statements;
    }

    /// Whether the text ends behind a semicolon, so that a terminal need not ask for more lines.
    static boolean isComplete(String text) {
        int end = -1;
        for (int at = 0; at < text.length(); ) {
            char c = text.charAt(at);
            if (c == ';') {
                end = at;
                at++;
            } else {
                int next = skip(text, at);
                boolean comment = text.startsWith("--", at) || text.startsWith("/*", at);
                if (!Character.isWhitespace(c) && !comment) {
                    end = -1;
                }
                at = next;
            }
        }
        return end >= 0;
    }

    /// The position behind the quoted text, comment or character at `at`.
    private static int skip(String text, int at) {
        char c = text.charAt(at);
        if (c == '\'' || c == '"') {
            int end = text.indexOf(c, at + 1);
            return end < 0 ? text.length() : end + 1;
        }
        if (text.startsWith("--", at)) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }
        if (text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            return end < 0 ? text.length() : end + 2;
        }
        return at + 1;
    }

    private static void add(List<String> statements, String statement) {
        if (!statement.isBlank()) {
            statements.add(statement.strip());
        }
    }
}
