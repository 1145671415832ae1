package io.tsdb.storage.codec.delta;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.pack.ResidualPlan;

class DeltaEncodingTest extends AbstractEncodingTest {
    private final ResidualPlan plan = new ResidualPlan();

    @Override
    protected boolean takes(long[] values) {
        long[] deltas = deltas(values);
        plan.plan(deltas, values.length, min(deltas), max(deltas));
        return plan.sizeBytes() < ResidualPlan.IMPOSSIBLE;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        long[] deltas = deltas(values);
        long start = values[0] - deltas[0];
        plan.plan(deltas, values.length, min(deltas), max(deltas));
        DeltaEncoder.encode(start, deltas, values.length, plan, new long[1024], sink);
        return DeltaEncoder.sizeBytes(start, plan);
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        DeltaDecoder.decode(source, count, target);
    }
}
