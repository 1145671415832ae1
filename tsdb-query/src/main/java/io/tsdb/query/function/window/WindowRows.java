package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

/// The rows of one partition in their order, numbered from 0 over all partitions.
public interface WindowRows {
    /// The partition's first row.
    int from();

    /// Row behind the partition's last one.
    int to();

    /// Whether a row is sorted as the one before it; false for the partition's first.
    boolean isPeerOfPrevious(int row);

    /// The rows of a row's frame in order: from and to of each stretch, since some may be left out
    /// between.
    ///
    /// @param edges receives them, three stretches at most
    /// @return how many stretches, none of them empty
    int stretches(int row, int[] edges);

    /// Row behind the last one that is sorted as this one.
    int peerTo(int row);

    /// Whether an argument has the same value in both rows; nulls are the same.
    boolean isSame(int argument, int row, int other);

    /// Whether an argument of a call has a value in a row.
    boolean isPresent(int argument, int row);

    ColumnType argumentType(int argument);

    /// An argument of the type INT64 or TIMESTAMP in a row that has a value.
    long longArgument(int argument, int row);

    /// An argument of the type FLOAT64 in a row that has a value.
    double doubleArgument(int argument, int row);
}
