package io.tsdb.storage.log;

/// An entry on its way through the log: encoded, then numbered and written, then answered.
final class Append {
    private final ShardState shard;
    private final LogEntry entry;
    private final EncodeBuffer record;
    private final int kind;
    private final int payloadCrc;
    private final ShardLog.Commit commit;
    private long index;
    private long segment;
    private long end;

    /// @param record room for the header, then the payload
    Append(
            ShardState shard,
            LogEntry entry,
            EncodeBuffer record,
            int kind,
            int payloadCrc,
            ShardLog.Commit commit) {
        this.shard = shard;
        this.entry = entry;
        this.record = record;
        this.kind = kind;
        this.payloadCrc = payloadCrc;
        this.commit = commit;
    }

    ShardState shard() {
        return shard;
    }

    LogEntry entry() {
        return entry;
    }

    EncodeBuffer record() {
        return record;
    }

    int recordBytes() {
        return record.position();
    }

    ShardLog.Commit commit() {
        return commit;
    }

    long index() {
        return index;
    }

    /// Says where its record ends.
    void placed(long segmentNumber, long endOffset) {
        segment = segmentNumber;
        end = endOffset;
    }

    long segment() {
        return segment;
    }

    long end() {
        return end;
    }

    /// Gives the entry its index and its place.
    void number(long newIndex, long segmentNumber, long syncedTo) {
        index = newIndex;
        WalRecordLayout.putHeader(
                record.bytes(),
                segmentNumber,
                record.position() - WalRecordLayout.HEADER_BYTES,
                payloadCrc,
                shard.shard(),
                newIndex,
                syncedTo,
                kind);
    }
}
