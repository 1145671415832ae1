package io.tsdb.loadgen.load;

import io.tsdb.loadgen.workload.LineBuffer;

import java.io.IOException;

/// Where a lane's batches come from. One thread.
public interface BatchSource extends AutoCloseable {

    /// No due time: send as soon as possible.
    long AT_ONCE = Long.MIN_VALUE;

    /// Whether there is another batch; asked before each [#next].
    boolean hasNext() throws IOException;

    /// When the next batch is due, in nanoseconds after the start of the run; [#AT_ONCE] in closed
    /// loop.
    long dueNanos();

    /// Fills `target` with the next batch.
    ///
    /// @return its number within the lane
    long next(LineBuffer target) throws IOException;

    @Override
    default void close() throws IOException {}
}
