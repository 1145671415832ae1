package io.tsdb.query.function.window;

/// Results of a [RowValueFunction], by row; those that are not set are null.
public interface WindowValues {
    /// A result of the type INT64.
    void set(int row, long value);

    /// A result of the type FLOAT64.
    void set(int row, double value);
}
