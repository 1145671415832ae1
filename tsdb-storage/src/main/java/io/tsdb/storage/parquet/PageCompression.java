package io.tsdb.storage.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;

/// The library that compresses pages. Any thread.
public final class PageCompression {
    private PageCompression() {}

    /// Loads it, and links its functions: a tenth of a second that whoever reads or writes the
    /// first page of a process waits for otherwise, since the JVM's recording holds nothing of
    /// that.
    ///
    /// @throws LinkageError when the machine has no such library
    public static void load() {
        new ZstdCompressCtx().close();
        new ZstdDecompressCtx().close();
    }
}
