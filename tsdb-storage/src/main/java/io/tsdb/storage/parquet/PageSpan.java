package io.tsdb.storage.parquet;

/// Where a page lies in its file, header included, and the checksum of those bytes.
///
/// @param crc32c CRC-32C of `[offset, offset + length)`
public record PageSpan(long offset, int length, int crc32c) {}
