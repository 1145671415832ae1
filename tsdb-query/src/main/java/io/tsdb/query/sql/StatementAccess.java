package io.tsdb.query.sql;

import java.util.Optional;
import java.util.Set;

/// What running a statement needs the right to do: to be asked before it runs.
///
/// @param needs all of them, on the database; none when everybody may who is known
/// @param database that it reads, writes, creates or drops; empty for all of them
public record StatementAccess(Set<Need> needs, Optional<String> database) {
    /// A right on a database.
    public enum Need {
        READ,
        WRITE,
        /// Creates or drops a database or measurement, deletes rows, says how long they are kept,
        /// or copies all.
        ADMINISTRATE
    }

    /// Longest statement but a query and INSERT: it is parsed before it is known who may run it, so
    /// before it has a share of the memory of queries.
    private static final int OTHER_LENGTH_MAX = 1 << 14;

    private static final Set<Need> READS = Set.of(Need.READ);
    private static final Set<Need> ADMINISTRATES = Set.of(Need.ADMINISTRATE);

    /// Nothing is looked up.
    ///
    /// @param database that the request names
    /// @throws QueryException when the text is no statement
    public static StatementAccess of(String sql, String database) {
        if (SqlParser.startsAsSelect(sql)) {
            // almost every statement: parsed once, by the thread that runs it
            return new StatementAccess(READS, Optional.of(database));
        }
        if (SqlParser.startsAsInsert(sql)) {
            return new StatementAccess(
                    SqlParser.hasSelect(sql) ? Set.of(Need.WRITE, Need.READ) : Set.of(Need.WRITE),
                    Optional.of(database));
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
            case Statement.Insert _ ->
                    throw new IllegalStateException("BUG: it does not start as an INSERT: " + sql);
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
                    new StatementAccess(READS, Optional.of(database));
            case Statement.ShowDatabases _ -> new StatementAccess(READS, Optional.empty());
            // what they show and stop are the asker's own, and those of databases that they
            // administer
            case Statement.ShowQueries _, Statement.CancelQuery _ ->
                    new StatementAccess(Set.of(), Optional.of(database));
            case Statement.Backup _, Statement.Export _ ->
                    new StatementAccess(ADMINISTRATES, Optional.empty());
            case Statement.Delete _, Statement.DropMeasurement _, Statement.AlterMeasurement _ ->
                    new StatementAccess(ADMINISTRATES, Optional.of(database));
            case Statement.CreateDatabase create ->
                    new StatementAccess(ADMINISTRATES, Optional.of(create.name()));
            case Statement.AlterDatabase alter ->
                    new StatementAccess(ADMINISTRATES, Optional.of(alter.name()));
            case Statement.DropDatabase drop ->
                    new StatementAccess(ADMINISTRATES, Optional.of(drop.name()));
        };
    }
}
