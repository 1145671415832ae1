package io.tsdb.cluster.security;

/// A permission on one database, or on all of them: `read:sensors`, `write:*`, `admin:*`.
///
/// @param database name, or [#ALL_DATABASES]
public record Scope(Permission permission, String database) {
    public static final String ALL_DATABASES = "*";

    public Scope {
        if (database.isEmpty()) {
            throw new IllegalArgumentException("scope names no database");
        }
        if (database.chars().anyMatch(c -> c <= ' ' || c == ',' || c == 0x7F)) {
            throw new IllegalArgumentException(
                    "a scope cannot name a database with blanks, commas or control characters");
        }
    }

    /// `permission:database`; `permission` alone is for all databases.
    ///
    /// @throws IllegalArgumentException when it is neither
    public static Scope parse(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? text : text.substring(0, colon);
        String database = colon < 0 ? ALL_DATABASES : text.substring(colon + 1);
        Permission permission =
                Permission.of(word)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "unknown permission '"
                                                        + word
                                                        + "': read, write or admin"));
        return new Scope(permission, database);
    }

    /// Whether this scope grants `asked` on the database; on [#ALL_DATABASES] only a scope for all
    /// does.
    boolean grants(Permission asked, String onDatabase) {
        return permission.includes(asked)
                && (database.equals(ALL_DATABASES) || database.equals(onDatabase));
    }

    @Override
    public String toString() {
        return permission.word() + ":" + database;
    }
}
