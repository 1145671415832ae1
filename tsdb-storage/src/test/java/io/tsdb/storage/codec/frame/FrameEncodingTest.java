package io.tsdb.storage.codec.frame;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.pack.ResidualPlan;

class FrameEncodingTest extends AbstractEncodingTest {
    private final ResidualPlan plan = new ResidualPlan();

    @Override
    protected boolean takes(long[] values) {
        plan.plan(values, values.length, min(values), max(values));
        return FrameEncoder.sizeBytes(plan) < ResidualPlan.IMPOSSIBLE;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        plan.plan(values, values.length, min(values), max(values));
        FrameEncoder.encode(values, values.length, plan, new long[1024], sink);
        return FrameEncoder.sizeBytes(plan);
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        FrameDecoder.decode(source, count, target);
    }
}
