package io.tsdb.query.sql;

import java.util.Optional;

/// What running a statement needs the right to do: to be asked before it runs.
///
/// @param administers whether it creates or drops a database
/// @param database that it reads, creates or drops; empty for all of them
public record StatementAccess(boolean administers, Optional<String> database) {
    /// Nothing is looked up.
    ///
    /// @param database that the request names
    /// @throws QueryException when the text is no statement
    public static StatementAccess of(String sql, String database) {
        if (SqlParser.startsWithSelect(sql)) {
            // almost every statement: parsed once, by the thread that runs it
            return new StatementAccess(false, Optional.of(database));
        }
        return switch (SqlParser.parse(sql)) {
            case Statement.Select _,
                    Statement.Explain _,
                    Statement.ShowMeasurements _,
                    Statement.ShowTagKeys _,
                    Statement.ShowTagValues _,
                    Statement.ShowFieldKeys _,
                    Statement.ShowSeries _ ->
                    new StatementAccess(false, Optional.of(database));
            case Statement.ShowDatabases _ -> new StatementAccess(false, Optional.empty());
            case Statement.CreateDatabase create ->
                    new StatementAccess(true, Optional.of(create.name()));
            case Statement.DropDatabase drop -> new StatementAccess(true, Optional.of(drop.name()));
        };
    }
}
