package io.tsdb.query.exec;

/// Creates and drops databases and deletes rows for good: the port that the node implements. Any
/// thread.
public interface DatabaseControl extends RowDeletion {
    /// Returns when the database is on disk.
    ///
    /// @return false when there was one already
    boolean create(String database);

    /// Removes a database with its data.
    ///
    /// @return false when there was none
    boolean drop(String database);
}
