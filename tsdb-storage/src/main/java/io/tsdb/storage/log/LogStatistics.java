package io.tsdb.storage.log;

/// Counts of a [LocalLog] since it was opened.
///
/// @param appendCount entries that became durable
/// @param groupCount groups they were written in
/// @param syncCount syncs of the file
/// @param writtenBytes bytes of records
/// @param syncNanosTotal time spent in syncs
/// @param syncNanosMax longest sync
/// @param queuedBytes bytes appended and not answered yet
/// @param idleBytes of buffers that wait for their next record
public record LogStatistics(
        long appendCount,
        long groupCount,
        long syncCount,
        long writtenBytes,
        long syncNanosTotal,
        long syncNanosMax,
        long queuedBytes,
        long idleBytes) {}
