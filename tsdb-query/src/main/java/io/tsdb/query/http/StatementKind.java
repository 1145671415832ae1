package io.tsdb.query.http;

import java.util.Locale;

/// What sort of statement one is, by its first word: for counts and logs, which take a statement
/// that is wrong, too.
public enum StatementKind {
    SELECT,
    EXPLAIN,
    SHOW,
    INSERT,
    DELETE,
    CREATE,
    ALTER,
    DROP,
    BACKUP,
    EXPORT,
    CANCEL,
    OTHER;

    /// As metrics and logs have it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it changes or removes what others rely on, or copies all: such acts are audited.
    public boolean isAdministrative() {
        return switch (this) {
            case DELETE, CREATE, ALTER, DROP, BACKUP, EXPORT -> true;
            case SELECT, EXPLAIN, SHOW, INSERT, CANCEL, OTHER -> false;
        };
    }

    /// Nothing is parsed but the first word.
    public static StatementKind of(String sql) {
        int from = start(sql);
        int to = from;
        while (to < sql.length() && isLetter(sql.charAt(to))) {
            to++;
        }
        return switch (sql.substring(from, to).toUpperCase(Locale.ROOT)) {
            case "SELECT", "WITH", "VALUES" -> SELECT;
            case "EXPLAIN" -> EXPLAIN;
            case "SHOW", "DESCRIBE", "DESC" -> SHOW;
            case "INSERT" -> INSERT;
            case "DELETE", "TRUNCATE" -> DELETE;
            case "CREATE" -> CREATE;
            case "ALTER" -> ALTER;
            case "DROP" -> DROP;
            case "BACKUP" -> BACKUP;
            case "EXPORT" -> EXPORT;
            case "CANCEL" -> CANCEL;
            default -> OTHER;
        };
    }

    /// Behind blanks, comments and parentheses.
    private static int start(String sql) {
        int at = 0;
        while (at < sql.length()) {
            if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end + 1;
            } else if (sql.startsWith("/*", at)) {
                int end = sql.indexOf("*/", at + 2);
                at = end < 0 ? sql.length() : end + 2;
            } else if (sql.charAt(at) == '(' || Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else {
                return at;
            }
        }
        return at;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
