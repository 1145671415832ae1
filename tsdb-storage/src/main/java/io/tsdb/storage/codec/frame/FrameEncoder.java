package io.tsdb.storage.codec.frame;

import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ResidualPlan;
import io.tsdb.storage.codec.pack.Residuals;

/// Writes integers as distances from a base.
public final class FrameEncoder {
    private FrameEncoder() {}

    public static int sizeBytes(ResidualPlan plan) {
        return plan.sizeBytes();
    }

    /// @param plan of `values`
    /// @param scratch at least `count` rounded up to a multiple of 8
    public static void encode(
            long[] values, int count, ResidualPlan plan, long[] scratch, ByteSink sink) {
        Residuals.write(values, count, plan, scratch, sink);
    }
}
