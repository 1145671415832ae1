package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.schema.Retention;

import java.util.Optional;

/// Creates and drops databases, drops measurements and deletes rows for good: the port that the
/// node implements. Any thread.
public interface DatabaseControl extends RowDeletion {
    /// Returns when the database is on disk.
    ///
    /// @return false when there was one already
    boolean create(String database);

    /// Removes a database with its data.
    ///
    /// @return false when there was none
    boolean drop(String database);

    /// Removes a measurement with its data; its columns are unknown afterwards.
    ///
    /// @return false when there was none
    default boolean dropMeasurement(String database, String measurement) {
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED, Position.NONE, "this node drops no measurements");
    }

    /// Sets how long rows are kept; on disk when it returns.
    ///
    /// @param measurement empty for the database
    /// @return false when there is none
    default boolean setRetention(
            String database, Optional<String> measurement, Retention retention) {
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED, Position.NONE, "this node keeps everything");
    }

    /// Writes rows as points, as all other writes: durable, and visible to the next query, when it
    /// returns.
    ///
    /// @param target what the columns of the rows are
    /// @return how many were written
    /// @throws QueryException when a row cannot be a point, or nothing can be written now; its text
    ///   says how many rows were written before
    default long insert(AnalyzedInsert target, RowStore rows, QueryControl control) {
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED, Position.NONE, "this node takes no rows by SQL");
    }

    /// Copies everything that was acknowledged before the call to a new directory.
    ///
    /// @param target absolute path on the machine of the node
    /// @param since an older backup of the same node, whose parts are taken from there
    /// @throws QueryException when it cannot be made, or when this node makes none
    default BackupOutcome backup(String target, Optional<String> since) {
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED, Position.NONE, "this node makes no backups");
    }

    /// Writes rows as Parquet files to a new directory.
    ///
    /// @param target absolute path on the machine of the node
    /// @throws QueryException when it cannot be done, or this node does not
    default ExportOutcome export(
            String database, String measurement, TimeRange range, String target) {
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED, Position.NONE, "this node writes no files");
    }

    /// What an export wrote.
    record ExportOutcome(long fileCount, long rowCount, long totalBytes) {}

    /// What a backup holds.
    ///
    /// @param sharedCount parts that the older backup had already
    record BackupOutcome(long fileCount, long totalBytes, long sharedCount) {}
}
