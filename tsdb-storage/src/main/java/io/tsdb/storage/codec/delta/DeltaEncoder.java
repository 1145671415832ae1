package io.tsdb.storage.codec.delta;

import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ResidualPlan;
import io.tsdb.storage.codec.pack.Residuals;

/// Writes integers as differences to the value before, all arithmetic modulo 2^64.
///
/// The first difference is set to the second one, so that a column of constant step has only equal
/// differences; what it is taken from is the start.
public final class DeltaEncoder {
    private DeltaEncoder() {}

    /// @param start the first value less the first difference
    /// @param plan of the differences
    public static int sizeBytes(long start, ResidualPlan plan) {
        return 1 + ByteSink.signedBytes(start) + plan.sizeBytes();
    }

    /// @param deltas differences, `count` of them
    /// @param scratch at least `count` rounded up to a multiple of 8
    public static void encode(
            long start,
            long[] deltas,
            int count,
            ResidualPlan plan,
            long[] scratch,
            ByteSink sink) {
        sink.putSized(start);
        Residuals.write(deltas, count, plan, scratch, sink);
    }
}
