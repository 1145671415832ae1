package io.tsdb.query.exec;

import java.util.Set;

/// What a statement needs the right to do: to be checked before it runs.
///
/// @param administers whether it creates or drops databases
/// @param databases those that it reads, creates or drops; empty for `SHOW DATABASES`, which lists
///   names only
public record StatementAccess(boolean administers, Set<String> databases) {
    public StatementAccess {
        databases = Set.copyOf(databases);
    }
}
