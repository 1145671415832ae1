package io.tsdb.storage.parquet;

import java.io.IOException;

/// Where pages are written, from front to back. One thread.
interface PageTarget {
    /// Bytes written so far.
    long position();

    /// @param source only `[0, length)` counts; written or copied before it returns
    void write(byte[] source, int length) throws IOException;
}
