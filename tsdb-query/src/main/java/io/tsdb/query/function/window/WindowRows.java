package io.tsdb.query.function.window;

/// The rows of one partition in their order, numbered from 0 over all partitions.
public interface WindowRows {
    /// The partition's first row.
    int from();

    /// Row behind the partition's last one.
    int to();

    /// Whether a row is sorted as the one before it; false for the partition's first.
    boolean isPeerOfPrevious(int row);

    /// First row of a row's frame.
    int frameFrom(int row);

    /// Row behind the last one of a row's frame; not behind its first when the frame is empty.
    int frameTo(int row);

    /// Whether an argument of a call has a value in a row.
    boolean isPresent(int argument, int row);

    /// An argument of the type INT64 or TIMESTAMP in a row that has a value.
    long longArgument(int argument, int row);
}
