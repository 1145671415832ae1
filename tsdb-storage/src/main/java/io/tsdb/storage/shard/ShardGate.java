package io.tsdb.storage.shard;

import io.tsdb.storage.log.LogEntry;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.PointBatch;

/// The way into a shard that may come to this node and go from it: in both places ids of series are
/// the same, so a batch may be made before and written after.
public final class ShardGate implements ShardWriter {
    private volatile ShardWriter target;

    ShardGate(ShardWriter target) {
        this.target = target;
    }

    void lead(ShardWriter next) {
        target = next;
    }

    boolean leadsTo(ShardWriter writer) {
        return target == writer;
    }

    @Override
    public boolean write(PointBatch batch, WriteListener listener) {
        return target.write(batch, listener);
    }

    @Override
    public boolean isOverloaded() {
        return target.isOverloaded();
    }

    @Override
    public int findSeries(MeasurementId measurement, byte[] key, int from, int to, long hash) {
        return target.findSeries(measurement, key, from, to, hash);
    }

    /// No series of a replicated log is forgotten, wherever it is asked.
    @Override
    public int forgottenSeriesCount() {
        return target.forgottenSeriesCount();
    }

    @Override
    public boolean remove(LogEntry removal, WriteListener listener) {
        return target.remove(removal, listener);
    }
}
