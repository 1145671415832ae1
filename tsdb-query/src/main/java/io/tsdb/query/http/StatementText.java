package io.tsdb.query.http;

/// A statement as a log may hold it: short, and without what stands between quotes, which may be
/// anybody's secret. Pure.
final class StatementText {
    private static final int LENGTH_MAX = 500;

    private StatementText() {}

    static String forLog(String sql) {
        return without(sql, "'\"");
    }

    /// Of one that changed something: with the names of what it changed, and the folder that it
    /// wrote to; without values of tags.
    static String forAudit(StatementKind kind, String sql) {
        boolean namesAFolder = kind == StatementKind.BACKUP || kind == StatementKind.EXPORT;
        return without(sql, namesAFolder ? "" : "'");
    }

    private static String without(String sql, String quotes) {
        var text = new StringBuilder();
        char open = 0;
        for (int i = 0; i < sql.length() && text.length() < LENGTH_MAX; i++) {
            char c = sql.charAt(i);
            if (open == 0) {
                text.append(c < ' ' ? ' ' : c);
                open = quotes.indexOf(c) >= 0 ? c : 0;
            } else if (c == open) {
                text.append("...").append(c);
                open = 0;
            }
        }
        return text.length() < LENGTH_MAX ? text.toString() : text + "...";
    }
}
