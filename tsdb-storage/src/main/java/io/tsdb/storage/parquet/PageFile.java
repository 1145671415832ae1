package io.tsdb.storage.parquet;

/// Bytes that pages are read from.
public interface PageFile {
    /// Name of the file in errors.
    String path();

    /// Copies bytes of the file.
    ///
    /// @throws io.tsdb.storage.model.CorruptDataException when the file ends before
    /// @throws java.io.UncheckedIOException when the bytes cannot be read
    void read(long offset, byte[] target, int length);
}
