package io.tsdb.storage.scan;

import io.tsdb.storage.model.FieldType;

/// Exact statistics of one column over the rows of a block that have a value.
///
/// Bits are as in [FieldType]: int64 and bool as they are, float64 as raw IEEE bits. For STRING
/// columns only `count` counts; the bits are 0. With `count` 0 everything else is 0.
///
/// @param count rows with a value
/// @param sumBits sum of the values; for INT64 and UINT64 (plain bits, not folded ones) valid only
///   when `sumExact`, for FLOAT64 summed in row order, any NaN as the canonical one
/// @param sumExact false when a sum of integers passed 64 bits
/// @param minBits smallest value
/// @param maxBits largest value
/// @param firstBits value of the earliest row that has one
/// @param lastBits value of the newest row that has one
/// @param firstTime time of that earliest row, nanoseconds
/// @param lastTime time of that newest row, nanoseconds
public record ColumnStatistics(
        FieldType type,
        int count,
        long sumBits,
        boolean sumExact,
        long minBits,
        long maxBits,
        long firstBits,
        long lastBits,
        long firstTime,
        long lastTime) {}
