package io.tsdb.cluster.node.client;

/// Names and texts as a statement writes them.
public final class SqlText {
    private SqlText() {}

    /// A name in double quotes.
    public static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /// A text in single quotes.
    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
