package io.tsdb.storage.part;

/// What the manifest keeps of a part.
///
/// @param minTime of all rows, nanoseconds
/// @param maxTime of all rows, nanoseconds
/// @param parquetCrc CRC-32C of the whole Parquet file
/// @param indexCrc CRC-32C of the whole index file
public record PartSummary(
        PartId id,
        long rowCount,
        long minTime,
        long maxTime,
        long parquetBytes,
        long indexBytes,
        int parquetCrc,
        int indexCrc) {}
