package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;

/// The way into a shard, wherever it is kept. Any thread.
public sealed interface ShardWriter permits Shard, RemoteShard, ShardGate {
    /// Logs a batch; told when it is applied.
    ///
    /// @param batch with the catalog's numbers
    /// @return false when there is no room now: nothing was taken and the listener is not called
    boolean write(PointBatch batch, WriteListener listener);

    /// Whether a write would be refused now.
    boolean isOverloaded();

    /// Shard-local id of a series, or -1 when this node does not know it: a batch then brings its
    /// key.
    int findSeries(MeasurementId measurement, byte[] key, int from, int to, long hash);

    /// How many series were forgotten since this shard exists: when it grows, ids that were found
    /// before may be those of series that have gone.
    int forgottenSeriesCount();

    /// Logs the removal of what has ended.
    ///
    /// @return false when there is no room now
    boolean remove(LogEntry removal, WriteListener listener);
}
