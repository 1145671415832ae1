package io.tsdb.storage.codec.xor;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

class XorEncodingTest extends AbstractEncodingTest {
    @Override
    protected boolean takes(long[] values) {
        return true;
    }

    /// A value takes at most a flag, a class and all its bits.
    @Override
    protected int encode(long[] values, ByteSink sink) {
        XorEncoder.encode(values, values.length, sink);
        return 8 + ((values.length - 1) * (2 + 3 + 64) + 7) / 8;
    }

    @Override
    protected boolean statesBoundOnly() {
        return true;
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        XorDecoder.decode(source, count, target);
    }
}
