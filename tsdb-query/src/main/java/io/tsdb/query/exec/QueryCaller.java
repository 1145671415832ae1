package io.tsdb.query.exec;

import java.util.function.Predicate;

/// Who sent a statement.
///
/// @param name as `SHOW QUERIES` has it: of the token
/// @param administers whether they may administer a database
public record QueryCaller(String name, Predicate<String> administers) {
    /// Whoever asks where nobody is told apart.
    public static final QueryCaller EVERYBODY = new QueryCaller("everybody", _ -> true);

    /// Whoever is not known, where people are.
    public static final QueryCaller NOBODY = new QueryCaller("", _ -> false);

    /// Whether they may see a query and cancel it: their own, and those of databases that they
    /// administer.
    boolean maySee(QueryCaller owner, String database) {
        return name.equals(owner.name()) || administers.test(database);
    }
}
