package io.tsdb.loadgen.load;

import io.tsdb.loadgen.workload.LaneStream;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.StreamConfig;

/// Batches made from the seed while they are sent.
public final class StreamSource implements BatchSource {
    private final StreamConfig config;
    private final int lane;
    private final Pace pace;
    private final LaneStream stream;
    private final long firstBatch;

    /// @param firstBatch first batch to send; those before it are made and dropped
    public StreamSource(StreamConfig config, int lane, Pace pace, long firstBatch) {
        this.config = config;
        this.lane = lane;
        this.pace = pace;
        this.firstBatch = firstBatch;
        stream = new LaneStream(config, lane);
        while (stream.hasNext() && stream.position() < firstBatch) {
            stream.skip();
        }
    }

    @Override
    public boolean hasNext() {
        return stream.hasNext();
    }

    @Override
    public long dueNanos() {
        if (pace.linesPerSecond() > 0) {
            double periodNanos = config.batchLines() * 1e9 * config.lanes() / pace.linesPerSecond();
            // Lanes are staggered, so that an even rate is even at the server too.
            return (long)
                    ((stream.position() - firstBatch + (double) lane / config.lanes())
                            * periodNanos);
        }
        if (pace.speed() > 0) {
            // The devices of a step send one after the other over the interval, not all at its
            // beginning.
            double steps =
                    (double) (stream.position() - firstBatch)
                            * config.batchLines()
                            / stream.pointsPerStep();
            return (long) (steps * config.intervalNanos() / pace.speed());
        }
        return AT_ONCE;
    }

    @Override
    public long next(LineBuffer target) {
        long batch = stream.position();
        stream.next(target);
        return batch;
    }
}
