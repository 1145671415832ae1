package io.tsdb.query.sql;

import java.util.List;

/// The table of what people write elsewhere: words that are no syntax here, and what to write. A
/// row whose words become syntax of ours is taken out; `sql/error` has an example of each.
final class ForeignPhrases {
    private static final String WRITE =
            "points are written by INSERT INTO m (time, tag, v) VALUES (...), by line protocol"
                    + " (POST /write), or tsdb import";

    private static final String JOINED_BY =
            "a relation is joined by JOIN n ON condition, or JOIN n USING (columns); every row with"
                    + " every row by CROSS JOIN";

    private static final String NO_TRANSACTION =
            "there are no transactions; what one request writes to a shard is visible at once";

    private static final String REQUEST_NAMES_DATABASE =
            "the database is named by the request: db=name, or tsdb sql --db name";

    private static final String CONCAT_OR = "|| joins texts; conditions are joined by OR";

    private static final String ROWS =
            "there are no rows as values: (a, b) IN ((1, 2)) is written a = 1 AND b = 2";

    private static final String TYPE_SIZE =
            "types take no size: left(s, n) cuts a text, round(x, places) a number";

    /// @param words in upper case, as tokens with a blank between; `_` is any token
    record Phrase(List<String> words, String answer) {}

    /// Those with more words first.
    static final List<Phrase> ALL =
            List.of(
                    phrase("SHOW CREATE", "columns are listed by SHOW COLUMNS FROM m"),
                    phrase("TRUNCATE TABLE", "every row is deleted by TRUNCATE m"),
                    phrase("DOUBLE PRECISION", "the type is float64"),
                    phrase("IS NAN", "x IS NAN is written x = CAST('nan' AS float64)"),
                    phrase(
                            "WITH TIES",
                            "rows that tie are kept by QUALIFY rank() OVER (ORDER BY x DESC) <= n"),
                    phrase("~~", "x ~~ 'a%' is written x LIKE 'a%'"),
                    phrase("~~*", "x ~~* 'a%' is written x ILIKE 'a%'"),
                    phrase("!~~", "x !~~ 'a%' is written x NOT LIKE 'a%'"),
                    phrase("MEASUREMENTS ON", REQUEST_NAMES_DATABASE),
                    phrase("SERIES ON", REQUEST_NAMES_DATABASE),
                    phrase("KEYS ON", REQUEST_NAMES_DATABASE),
                    phrase("VALUES ON", REQUEST_NAMES_DATABASE),
                    phrase(
                            "CREATE TABLE",
                            "a measurement comes about with its first point; " + WRITE),
                    phrase(
                            "CREATE MEASUREMENT",
                            "a measurement comes about with its first point; " + WRITE),
                    phrase(
                            "CREATE INDEX",
                            "tags are indexed, and blocks have bounds of every field; there are no"
                                    + " other indexes"),
                    phrase(
                            "CREATE VIEW",
                            "there are no views; WITH name AS (SELECT ...) names a query within a"
                                    + " statement"),
                    phrase(
                            "CREATE MATERIALIZED",
                            "there are no views; WITH name AS (SELECT ...) names a query within a"
                                    + " statement"),
                    phrase(
                            "CREATE CONTINUOUS",
                            "there are no continuous queries; SELECT time_bucket('1h', time),"
                                    + " avg(v) ... GROUP BY 1 answers from block statistics"),
                    phrase(
                            "CREATE RETENTION",
                            "how long a database keeps its points is said by ALTER DATABASE name"
                                    + " SET RETENTION 30d"),
                    phrase("CREATE USER", "there are no users; tokens are made by tsdb token"),
                    phrase("CREATE FUNCTION", "functions cannot be added by SQL"),
                    phrase("DROP TABLE", "a measurement is dropped by DROP MEASUREMENT m"),
                    phrase("DROP SERIES", "rows are deleted by DELETE FROM m WHERE tag = 'value'"),
                    phrase(
                            "DROP COLUMN",
                            "a column goes with its last point: DELETE FROM m WHERE v IS NOT NULL"),
                    phrase(
                            "DROP RETENTION",
                            "points are kept for ever after ALTER DATABASE name SET RETENTION"
                                    + " NONE"),
                    phrase("DROP USER", "there are no users; tokens are withdrawn by tsdb token"),
                    phrase("DROP VIEW", "there are no views"),
                    phrase("DROP INDEX", "there are no indexes to be dropped"),
                    phrase("SHOW TABLES", "measurements are listed by SHOW MEASUREMENTS"),
                    phrase("SHOW SCHEMAS", "databases are listed by SHOW DATABASES"),
                    phrase("SHOW FIELDS", "fields are listed by SHOW FIELD KEYS FROM m"),
                    phrase("SHOW TAGS", "tags are listed by SHOW TAG KEYS FROM m"),
                    phrase(
                            "SHOW INDEX",
                            "tags are indexed; columns are listed by SHOW COLUMNS FROM m"),
                    phrase(
                            "RETENTION POLICIES",
                            "how long points are kept is listed by SHOW RETENTION"),
                    phrase("SHOW CONTINUOUS", "there are no continuous queries"),
                    phrase(
                            "SHOW USERS",
                            "there are no users; tokens are listed by tsdb token list"),
                    phrase(
                            "SHOW GRANTS",
                            "there are no users; tokens are listed by tsdb token list"),
                    phrase("SHOW STATS", "see /metrics"),
                    phrase("SHOW VARIABLES", "settings are shown by tsdb start --print-config"),
                    phrase("SHOW ALL", "settings are shown by tsdb start --print-config"),
                    phrase("COLUMNS IN", "columns are listed by SHOW COLUMNS FROM m"),
                    phrase("KEY IN", "values of one tag a statement: WITH KEY = tag"),
                    phrase(
                            "KEY = _ WHERE",
                            "values within a condition are SELECT DISTINCT tag FROM m WHERE ..."),
                    phrase("MEASUREMENTS WITH", "all measurements are listed by SHOW MEASUREMENTS"),
                    phrase("MEASUREMENTS LIKE", "all measurements are listed by SHOW MEASUREMENTS"),
                    phrase(
                            "EXPLAIN ( ANALYZE",
                            "a query is run and timed by EXPLAIN ANALYZE query"),
                    phrase("EXPLAIN VERBOSE", "EXPLAIN takes no options but ANALYZE"),
                    phrase("EXPLAIN FORMAT", "EXPLAIN takes no options but ANALYZE"),
                    phrase("WITH RECURSIVE", "queries are not recursive"),
                    phrase(
                            "AS MATERIALIZED",
                            "a common table is written WITH name AS (SELECT ...)"),
                    phrase(
                            "AS NOT MATERIALIZED",
                            "a common table is written WITH name AS (SELECT ...)"),
                    phrase(
                            "DESCRIBE SELECT",
                            "a query's columns are seen by LIMIT 0, its plan by EXPLAIN"),
                    phrase("USING SAMPLE", "samples are not drawn; narrow the time range"),
                    phrase(
                            "ON CONFLICT",
                            "rows of one series and time overwrite each other, field by field"),
                    phrase(
                            "SUMMARIZE",
                            "columns are listed by SHOW COLUMNS FROM m, values by min(x), max(x),"
                                    + " count(x)"),
                    phrase("FROM _ . _ .", REQUEST_NAMES_DATABASE),
                    phrase("FROM _ . .", REQUEST_NAMES_DATABASE),
                    phrase("CAST ( _ ,", "CAST(x AS type)"),
                    phrase("AT", "a time zone is asked for by time AT TIME ZONE 'Europe/Berlin'"),
                    phrase(
                            "=~",
                            "a regular expression is matched by ~ 'pattern', text that has none by"
                                    + " !~"),
                    phrase("~ /", "a regular expression is a text: ~ 'pattern'"),
                    phrase("!~ /", "a regular expression is a text: !~ 'pattern'"),
                    phrase("<= >", "x <=> y is written x IS NOT DISTINCT FROM y"),
                    phrase("& &", "conditions are joined by AND"),
                    phrase("|| _ =", CONCAT_OR),
                    phrase("|| _ <", CONCAT_OR),
                    phrase("|| _ >", CONCAT_OR),
                    phrase("* *", "x ** y is written power(x, y)"),
                    phrase("= ANY", "x = ANY (...) is written x IN (...)"),
                    phrase("ANY ( SELECT", "x = ANY (...) is written x IN (...)"),
                    phrase("SOME ( SELECT", "x = SOME (...) is written x IN (...)"),
                    phrase(
                            "= ALL",
                            "x = ALL (...) compares with one value: x = (SELECT max(v) ...)"),
                    phrase("> ALL", "x > ALL (SELECT v ...) is written x > (SELECT max(v) ...)"),
                    phrase(">= ALL", "x >= ALL (SELECT v ...) is written x >= (SELECT max(v) ...)"),
                    phrase("< ALL", "x < ALL (SELECT v ...) is written x < (SELECT min(v) ...)"),
                    phrase("<= ALL", "x <= ALL (SELECT v ...) is written x <= (SELECT min(v) ...)"),
                    phrase("WHERE ( _ ,", ROWS),
                    phrase("AND ( _ ,", ROWS),
                    phrase("LIMIT _ ,", "LIMIT 5, 10 is written LIMIT 10 OFFSET 5"),
                    phrase("LIMIT _ PERCENT", "LIMIT takes a number of rows"),
                    phrase("OFFSET _ ROWS", "OFFSET takes a number alone"),
                    phrase("OFFSET _ ROW", "OFFSET takes a number alone"),
                    phrase("OFFSET _ LIMIT", "LIMIT stands before OFFSET"),
                    phrase("IN [", "a list stands in parentheses: IN (1, 2)"),
                    phrase("ARRAY [", "there are no arrays"),
                    phrase("VARCHAR (", TYPE_SIZE),
                    phrase("CHAR (", TYPE_SIZE),
                    phrase("STRING (", TYPE_SIZE),
                    phrase("DECIMAL (", TYPE_SIZE),
                    phrase("NUMERIC (", TYPE_SIZE),
                    phrase("FLOAT (", TYPE_SIZE),
                    phrase(
                            "TIMESTAMP (",
                            "timestamps are written TIMESTAMP '2024-01-01T00:00:00Z'; as a type it"
                                    + " takes no size"),
                    phrase("IS UNKNOWN", "x IS UNKNOWN is written x IS NULL"),
                    phrase("NOT UNKNOWN", "x IS NOT UNKNOWN is written x IS NOT NULL"),
                    phrase(
                            "BETWEEN SYMMETRIC",
                            "BETWEEN takes the smaller value first: BETWEEN least(x, y) AND"
                                    + " greatest(x, y)"),
                    phrase(
                            "STARTS WITH",
                            "text that starts so is starts_with(s, 'start'), or s LIKE 'start%'"),
                    phrase("ENDS WITH", "text that ends so is s LIKE '%end'"),
                    phrase(
                            "GROUPING SETS",
                            "groups of several kinds are put together by UNION ALL"),
                    phrase(
                            "BY ALL",
                            "write what to group or sort by; GROUP BY 1, 2 are items of the select"
                                    + " list"),
                    phrase(
                            "GROUP BY *",
                            "write what to group by: GROUP BY tag, time_bucket('1h', time)"),
                    phrase(", *", "write what to group by: GROUP BY tag, time_bucket('1h', time)"),
                    phrase(
                            "* REPLACE",
                            "columns of * cannot be replaced; name those that are wanted"),
                    phrase("* EXCEPT (", "columns are left out of * by * EXCLUDE (a, b)"),
                    phrase("COUNT ( DISTINCT *", "rows are counted by count(*)"),
                    phrase("FOR UPDATE", "rows are not locked"),
                    phrase("ORDER BY _ USING", "the direction is ASC or DESC"),
                    phrase("INSERT", WRITE),
                    phrase(
                            "UPDATE",
                            "a point is overwritten by one of the same series and time; " + WRITE),
                    phrase("UPSERT", WRITE),
                    phrase("MERGE", WRITE),
                    phrase("REPLACE", WRITE),
                    phrase("COPY", WRITE + "; rows are written to files by tsdb export"),
                    phrase("LOAD", "files are read by tsdb import"),
                    phrase("IMPORT", "files are read by tsdb import"),
                    phrase(
                            "ALTER TABLE",
                            "tags and fields come about with the points that have them"),
                    phrase(
                            "PRAGMA",
                            "columns are listed by SHOW COLUMNS FROM m, settings by tsdb start"
                                    + " --print-config"),
                    phrase(
                            "USE",
                            "the database is named by the request: db=name, or tsdb sql --db name"),
                    phrase(
                            "ATTACH",
                            "the database is named by the request: db=name, or tsdb sql --db name"),
                    phrase(
                            "SET",
                            "settings are the node's, and are shown by tsdb start --print-config;"
                                    + " a time zone is named by the request: tz=Europe/Berlin"),
                    phrase(
                            "RESET",
                            "settings are the node's, and are shown by tsdb start --print-config"),
                    phrase("BEGIN", NO_TRANSACTION),
                    phrase("START", NO_TRANSACTION),
                    phrase("COMMIT", NO_TRANSACTION),
                    phrase("ROLLBACK", NO_TRANSACTION),
                    phrase("SAVEPOINT", NO_TRANSACTION),
                    phrase("LOCK", NO_TRANSACTION),
                    phrase("GRANT", "rights are those of a token: tsdb token"),
                    phrase("REVOKE", "rights are those of a token: tsdb token"),
                    phrase("CALL", "there are no procedures"),
                    phrase("EXEC", "there are no procedures"),
                    phrase(
                            "EXECUTE",
                            "there are no prepared statements; values are parameters: :name, with"
                                    + " params of the request"),
                    phrase(
                            "PREPARE",
                            "there are no prepared statements; values are parameters: :name, with"
                                    + " params of the request"),
                    phrase("VACUUM", "the node compacts by itself"),
                    phrase("OPTIMIZE", "the node compacts by itself"),
                    phrase("ANALYZE", "statistics are kept with every block"),
                    phrase(
                            "KILL",
                            "a query is stopped by CANCEL QUERY id; SHOW QUERIES lists them"),
                    phrase("ISNULL", "x ISNULL is written x IS NULL"),
                    phrase("NOTNULL", "x NOTNULL is written x IS NOT NULL"),
                    phrase("PREWHERE", "conditions stand behind WHERE"),
                    phrase(
                            "CARDINALITY",
                            "series and values of tags are counted by SHOW CARDINALITY [FROM m]"),
                    phrase("TABLE", "a measurement is read by SELECT * FROM m"),
                    phrase("NATURAL", "NATURAL JOIN n is written JOIN n USING (columns)"),
                    phrase("LATERAL", "a query in FROM sees nothing of the relations beside it"),
                    phrase("SEMI", "rows with a match are WHERE tag IN (SELECT tag FROM n)"),
                    phrase("ANTI", "rows without a match are WHERE tag NOT IN (SELECT tag FROM n)"),
                    phrase("POSITIONAL", JOINED_BY),
                    phrase("SPLICE", JOINED_BY),
                    phrase(
                            "SAMPLE",
                            "SAMPLE BY stands behind WHERE, and groups by every item that is no"
                                    + " aggregate, without GROUP BY"),
                    phrase("TABLESAMPLE", "samples are not drawn; narrow the time range"),
                    phrase(
                            "FILL",
                            "FILL (...) stands behind GROUP BY time_bucket(...) or SAMPLE BY"),
                    phrase("SLIMIT", "the series of an answer are not cut; LIMIT cuts rows"),
                    phrase("SOFFSET", "the series of an answer are not cut; LIMIT cuts rows"),
                    phrase("TZ", "a time zone is named by the request: tz=Europe/Berlin"),
                    phrase("INTO", "an answer is written by INSERT INTO m SELECT ..."),
                    phrase("PIVOT", "rows become columns by max(CASE WHEN tag = 'a' THEN v END)"),
                    phrase("UNPIVOT", "columns become rows by UNION ALL"),
                    phrase("FETCH", "FETCH FIRST n ROWS is written LIMIT n"),
                    phrase("TOP", "TOP n is written LIMIT n at the end"),
                    phrase("RLIKE", "a regular expression is matched by ~"),
                    phrase("REGEXP", "a regular expression is matched by ~"),
                    phrase("SIMILAR", "a regular expression is matched by ~"),
                    phrase("MATCH", "a regular expression is matched by ~"),
                    phrase("MATCHES", "a regular expression is matched by ~"),
                    phrase("GLOB", "a pattern is matched by LIKE 'a%', a regular expression by ~"),
                    phrase(
                            "CONTAINS",
                            "text that has a part is s LIKE '%part%', or strpos(s, 'part') > 0"),
                    phrase(
                            "COLLATE",
                            "text is compared by code points; ILIKE and ~* do not look at letter"
                                    + " case"),
                    phrase("DIV", "whole numbers are divided by //"),
                    phrase("MOD", "the remainder is x % y"),
                    phrase("XOR", "one of two conditions alone is a != b"),
                    phrase("&", "bits of both are x & y; conditions are joined by AND"),
                    phrase(
                            "|",
                            "bits of either are x | y; texts are joined by ||, conditions by OR"),
                    phrase("^", "a power is power(x, y)"),
                    phrase("!", "a condition is negated by NOT"),
                    phrase(
                            "?",
                            "parameters have names: :name, with its value in params of the"
                                    + " request"),
                    phrase(
                            "$",
                            "parameters have names: :name, with its value in params of the"
                                    + " request"),
                    phrase(
                            "@",
                            "parameters have names: :name, with its value in params of the"
                                    + " request"),
                    phrase(
                            "{",
                            "parameters have names: :name, with its value in params of the"
                                    + " request"),
                    phrase("#", "a comment begins with --"),
                    phrase("‘", "text is written 'a', with straight quotes"),
                    phrase("’", "text is written 'a', with straight quotes"),
                    phrase("“", "text is written 'a', with straight quotes, and a name \"a\""),
                    phrase("”", "text is written 'a', with straight quotes, and a name \"a\""),
                    phrase("`", "names are quoted with \""),
                    phrase("[", "names are quoted with \""));

    private ForeignPhrases() {}

    private static Phrase phrase(String words, String answer) {
        return new Phrase(List.of(words.split(" ")), answer);
    }
}
