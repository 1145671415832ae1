package io.tsdb.query.analysis;

/// What a column gets in a time bucket for which its group has no value.
public sealed interface FillMode {
    /// Nothing.
    record Null() implements FillMode {}

    /// The value of the last bucket before that has one.
    record Previous() implements FillMode {}

    /// The value of the first bucket behind that has one.
    record Next() implements FillMode {}

    /// What lies on the line between the two, by the starts of their buckets; nothing where one is
    /// missing. Goes with FLOAT64.
    record Linear() implements FillMode {}

    /// @param value of the column's type
    record Value(BoundExpression.Constant value) implements FillMode {}
}
