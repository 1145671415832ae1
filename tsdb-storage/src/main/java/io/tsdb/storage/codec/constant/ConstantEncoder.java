package io.tsdb.storage.codec.constant;

import io.tsdb.storage.codec.pack.ByteSink;

/// Writes a value that all rows share.
public final class ConstantEncoder {
    private ConstantEncoder() {}

    public static int sizeBytes(long value) {
        return 1 + ByteSink.signedBytes(value);
    }

    public static void encode(long value, ByteSink sink) {
        sink.putSized(value);
    }
}
