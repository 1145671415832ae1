package io.tsdb.query.sql;

import java.util.Optional;

/// What running a statement needs the right to do: to be asked before it runs.
///
/// @param administers whether it creates or drops a database or measurement, deletes rows, says how
///   long they are kept, or copies all
/// @param database that it reads, creates or drops; empty for all of them
public record StatementAccess(boolean administers, Optional<String> database) {
    /// Longest statement but a query: it is parsed before it is known who may run it, so before it
    /// has a share of the memory of queries.
    private static final int OTHER_LENGTH_MAX = 1 << 14;

    /// Nothing is looked up.
    ///
    /// @param database that the request names
    /// @throws QueryException when the text is no statement
    public static StatementAccess of(String sql, String database) {
        if (SqlParser.startsAsSelect(sql)) {
            // almost every statement: parsed once, by the thread that runs it
            return new StatementAccess(false, Optional.of(database));
        }
        if (sql.length() > OTHER_LENGTH_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "a statement that is no query has at most "
                            + OTHER_LENGTH_MAX
                            + " characters, this one has "
                            + sql.length());
        }
        return switch (SqlParser.parse(sql)) {
            case Statement.Select _,
                    Statement.Explain _,
                    Statement.ShowMeasurements _,
                    Statement.ShowTagKeys _,
                    Statement.ShowTagValues _,
                    Statement.ShowFieldKeys _,
                    Statement.ShowColumns _,
                    Statement.ShowSeries _,
                    Statement.ShowCardinality _,
                    Statement.ShowRetention _ ->
                    new StatementAccess(false, Optional.of(database));
            case Statement.ShowDatabases _ -> new StatementAccess(false, Optional.empty());
            case Statement.Backup _, Statement.Export _ ->
                    new StatementAccess(true, Optional.empty());
            case Statement.Delete _, Statement.DropMeasurement _, Statement.AlterMeasurement _ ->
                    new StatementAccess(true, Optional.of(database));
            case Statement.CreateDatabase create ->
                    new StatementAccess(true, Optional.of(create.name()));
            case Statement.AlterDatabase alter ->
                    new StatementAccess(true, Optional.of(alter.name()));
            case Statement.DropDatabase drop -> new StatementAccess(true, Optional.of(drop.name()));
        };
    }
}
