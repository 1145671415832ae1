package io.tsdb.query.sql;

/// Where something stands in the SQL text; both count from 1.
public record Position(int line, int column) {
    /// For what has no place in the text, a time limit say.
    public static final Position NONE = new Position(0, 0);
}
