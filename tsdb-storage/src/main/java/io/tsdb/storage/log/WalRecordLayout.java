package io.tsdb.storage.log;

import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.LittleEndian;

/// Offsets of a record's header; see `docs/format/wal.md#record`. The payload follows the header.
///
/// The header has a checksum of its own, so a length is trusted before the payload is read, and so
/// that the thread that appends sums up the payload while the log thread, which alone knows index
/// and place, sums up 28 bytes. That sum begins with the number of the segment: a record of an
/// older use of the same file does not pass.
final class WalRecordLayout {
    /// u32 CRC32C of the segment number (u64) and header bytes `[4, 32)`.
    static final int HEADER_CRC_OFFSET = 0;

    /// u32 length of the payload in bytes.
    static final int PAYLOAD_LENGTH_OFFSET = 4;

    /// u32 CRC32C of the payload.
    static final int PAYLOAD_CRC_OFFSET = 8;

    /// u32 number of the log: a shard's, or [NodeLog#CATALOG].
    static final int SHARD_OFFSET = 12;

    /// u64 index of the entry within its log.
    static final int INDEX_OFFSET = 16;

    /// u32 offset in this segment up to which everything was durable when the record was written.
    static final int SYNCED_TO_OFFSET = 24;

    /// u8 kind; the three bytes after it are zero.
    static final int KIND_OFFSET = 28;

    static final int HEADER_BYTES = 32;

    static final int KIND_WRITE = 1;
    static final int KIND_DROP_DATABASE = 2;

    /// No entry: says that everything before it was durable when it was written (clean close).
    static final int KIND_SYNCED = 3;

    static final int KIND_DROP_MEASUREMENT = 4;
    static final int KIND_FLUSH = 5;
    static final int KIND_CREATE_DATABASE = 6;
    static final int KIND_DEFINE = 7;
    static final int KIND_DELETE = 8;
    static final int KIND_SET_RETENTION = 9;
    static final int KIND_FORGET = 10;
    static final int KIND_SET_DOCUMENT = 11;

    private WalRecordLayout() {}

    static void putHeader(
            byte[] record,
            long segmentNumber,
            int payloadLength,
            int payloadCrc,
            int shard,
            long index,
            long syncedTo,
            int kind) {
        LittleEndian.putInt(record, PAYLOAD_LENGTH_OFFSET, payloadLength);
        LittleEndian.putInt(record, PAYLOAD_CRC_OFFSET, payloadCrc);
        LittleEndian.putInt(record, SHARD_OFFSET, shard);
        LittleEndian.putLong(record, INDEX_OFFSET, index);
        LittleEndian.putInt(record, SYNCED_TO_OFFSET, (int) syncedTo);
        LittleEndian.putInt(record, KIND_OFFSET, kind);
        LittleEndian.putInt(record, HEADER_CRC_OFFSET, headerCrc(record, 0, segmentNumber));
    }

    static int headerCrc(byte[] source, int at, long segmentNumber) {
        return Checksum.crc32c(
                segmentNumber, source, at + PAYLOAD_LENGTH_OFFSET, at + HEADER_BYTES);
    }

    /// Whether the last four bytes are a header's: a kind, which is not 0, and zeros.
    static boolean mayBeHeader(byte[] source, int at) {
        int kind = LittleEndian.getInt(source, at + KIND_OFFSET);
        return kind != 0 && kind >>> 8 == 0;
    }

    static boolean isHeader(byte[] source, int at, long segmentNumber) {
        return LittleEndian.getInt(source, at + HEADER_CRC_OFFSET)
                == headerCrc(source, at, segmentNumber);
    }
}
