package io.tsdb.storage.shard;

/// What a backup or a restore did.
///
/// @param fileCount files of the backup
/// @param totalBytes bytes of all of them
/// @param sharedCount of these, parts that the previous backup had already
public record BackupSummary(int fileCount, long totalBytes, int sharedCount) {}
