package io.tsdb.storage.shard;

/// What an export wrote.
public record ExportSummary(long fileCount, long rowCount, long totalBytes) {}
