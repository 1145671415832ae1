package io.tsdb.storage.codec.raw;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

class RawEncodingTest extends AbstractEncodingTest {
    @Override
    protected boolean takes(long[] values) {
        return true;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        RawEncoder.encode(values, values.length, sink);
        return RawEncoder.sizeBytes(values.length);
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        RawDecoder.decode(source, count, target);
    }
}
