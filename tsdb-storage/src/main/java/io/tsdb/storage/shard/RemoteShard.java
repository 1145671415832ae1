package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.log.ShardLog;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.ResourceLimitException;

/// A shard that other nodes keep: what this one has for it goes to its log.
public final class RemoteShard implements ShardWriter {
    private static final int UNKNOWN = -1;

    private final ShardLog log;

    RemoteShard(ShardLog log) {
        this.log = log;
    }

    @Override
    public boolean write(PointBatch batch, WriteListener listener) {
        return append(new LogEntry.Write(batch), listener);
    }

    /// Its keepers say so themselves, by not taking what comes.
    @Override
    public boolean isOverloaded() {
        return false;
    }

    /// Ids are its keepers' affair.
    @Override
    public int findSeries(MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return UNKNOWN;
    }

    /// No id was ever found here.
    @Override
    public int forgottenSeriesCount() {
        return 0;
    }

    @Override
    public boolean remove(LogEntry removal, WriteListener listener) {
        return append(removal, listener);
    }

    private boolean append(LogEntry entry, WriteListener listener) {
        return log.forward(
                entry,
                new ShardLog.Commit() {
                    @Override
                    public void committed(long index) {
                        listener.applied();
                    }

                    @Override
                    public void failed(Exception cause) {
                        if (cause instanceof ResourceLimitException) {
                            listener.tooLarge(String.valueOf(cause.getMessage()));
                        } else {
                            listener.failed(String.valueOf(cause.getMessage()));
                        }
                    }
                });
    }
}
