package io.tsdb.query.plan;

/// A sort key: a column of the rows that are sorted.
public record SortKey(int column, boolean descending, boolean nullsFirst) {}
