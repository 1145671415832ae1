package io.tsdb.storage.codec.constant;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

class ConstantEncodingTest extends AbstractEncodingTest {
    @Override
    protected boolean takes(long[] values) {
        return runs(values) == 1;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        ConstantEncoder.encode(values[0], sink);
        return ConstantEncoder.sizeBytes(values[0]);
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        ConstantDecoder.decode(source, count, target);
    }
}
