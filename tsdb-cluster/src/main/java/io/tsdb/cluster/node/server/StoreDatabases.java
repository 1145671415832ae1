package io.tsdb.cluster.node.server;

import io.tsdb.cluster.security.TokenFile;
import io.tsdb.cluster.write.WriteRouter;
import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.exec.DatabaseControl;
import io.tsdb.query.exec.RowDeletion;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.schema.Retention;
import io.tsdb.storage.schema.SchemaLimits;
import io.tsdb.storage.shard.BackupSummary;
import io.tsdb.storage.shard.ExportSummary;
import io.tsdb.storage.shard.Store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Creates and drops databases in the node's own store, has rows deleted, and backs it up.
///
/// @param data directory of the store
record StoreDatabases(
        Path data, Store store, SchemaLimits limits, RowInsertion insertion, RowDeletion deletion)
        implements DatabaseControl {
    @Override
    public boolean create(String database) {
        if (store.catalog().hasDatabase(database)) {
            return false;
        }
        WriteRouter.checkRoomForDatabase(store, limits);
        try {
            return store.createDatabase(database);
        } catch (IOException e) {
            throw new UncheckedIOException("database '" + database + "' was not created", e);
        }
    }

    @Override
    public boolean dropMeasurement(String database, String measurement) {
        try {
            return store.dropMeasurement(database, measurement);
        } catch (IOException e) {
            throw new UncheckedIOException("measurement '" + measurement + "' was not dropped", e);
        }
    }

    @Override
    public boolean setRetention(
            String database, Optional<String> measurement, Retention retention) {
        try {
            return store.setRetention(database, measurement, retention);
        } catch (IOException e) {
            throw new UncheckedIOException("the retention was not set", e);
        }
    }

    @Override
    public long delete(ScanSpec rows, QueryControl control) {
        return deletion.delete(rows, control);
    }

    /// What works on the rows of this node alone: never on a part of what is meant.
    ///
    /// @param why it cannot be done here, and what can
    /// @throws QueryException when other nodes keep shards that this one does not
    private void checkKeepsAll(String why) {
        int here = store.shards().size();
        int all = store.writers().size();
        if (here < all) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    Position.NONE,
                    "this node keeps " + here + " of " + all + " shards: " + why);
        }
    }

    @Override
    public long insert(AnalyzedInsert target, RowStore rows, QueryControl control) {
        return insertion.insert(target, rows, control);
    }

    @Override
    public BackupOutcome backup(String target, Optional<String> since) {
        checkKeepsAll(
                "BACKUP copies what lies here, which would be a part of the rows; tsdb export, or a"
                        + " query with format=parquet, asks all nodes");
        try {
            BackupSummary made =
                    store.backup(
                            absolute(target), since.map(this::absolute), List.of(TokenFile.NAME));
            return new BackupOutcome(made.fileCount(), made.totalBytes(), made.sharedCount());
        } catch (IOException e) {
            throw notWritten(e);
        } catch (CorruptDataException e) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED, Position.NONE, String.valueOf(e.getMessage()));
        }
    }

    private static QueryException notWritten(IOException e) {
        return new QueryException(
                FileFailure.isForRoom(e) ? QueryErrorCode.DISK_FULL : QueryErrorCode.UNSUPPORTED,
                Position.NONE,
                String.valueOf(e.getMessage()));
    }

    @Override
    public ExportOutcome export(
            String database, String measurement, TimeRange range, String target) {
        checkKeepsAll(
                "EXPORT writes what lies here, which would be a part of the rows; tsdb export, or a"
                        + " query with format=parquet, asks all nodes");
        try {
            ExportSummary made = store.export(database, measurement, range, absolute(target));
            return new ExportOutcome(made.fileCount(), made.rowCount(), made.totalBytes());
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /// A node's working directory is nobody's business.
    private Path absolute(String path) {
        try {
            Path parsed = Path.of(path);
            if (parsed.isAbsolute()) {
                checkOutside(parsed);
                return parsed;
            }
        } catch (InvalidPathException _) {
            // said below
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                Position.NONE,
                "an absolute path on the node's machine is needed, not '" + path + "'");
    }

    /// What lies in the data directory is the store's: a start may take it away.
    private void checkOutside(Path path) {
        Path there;
        try {
            there = real(path);
            if (!there.startsWith(data.toRealPath())) {
                return;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("'" + path + "' cannot be looked at", e);
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                Position.NONE,
                "'" + path + "' lies in the node's data directory; take a folder outside of it");
    }

    /// Where links lead that are on the way.
    private static Path real(Path path) throws IOException {
        Path whole = path.normalize();
        Path known = whole;
        while (!Files.exists(known) && known.getParent() != null) {
            known = known.getParent();
        }
        return known.toRealPath().resolve(known.relativize(whole));
    }

    @Override
    public boolean drop(String database) {
        try {
            return store.dropDatabase(database);
        } catch (IOException e) {
            throw new UncheckedIOException("database '" + database + "' was not dropped", e);
        }
    }
}
