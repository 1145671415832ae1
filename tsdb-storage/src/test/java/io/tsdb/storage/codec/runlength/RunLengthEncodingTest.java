package io.tsdb.storage.codec.runlength;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

class RunLengthEncodingTest extends AbstractEncodingTest {
    @Override
    protected boolean takes(long[] values) {
        return true;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        int valueBytes =
                Math.max(ByteSink.signedBytes(min(values)), ByteSink.signedBytes(max(values)));
        RunLengthEncoder.encode(values, values.length, runs(values), valueBytes, sink);
        return RunLengthEncoder.sizeBytes(runs(values), valueBytes);
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        RunLengthDecoder.decode(source, count, target);
    }
}
