package io.tsdb.storage.log;

import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;

import java.util.Map;
import java.util.TreeMap;

/// What a segment says about what came before it, so that a missing or shortened predecessor is
/// noticed and indexes go on when it was trimmed. Bytes: `docs/format/wal.md#segment-header`.
///
/// @param number of the segment, from 1, without gaps
/// @param previousEnd offset in the segment before this one where its last record ends; 0 for the
///   first
/// @param shards by number of the log, where each stands
record SegmentHeader(long number, long previousEnd, Map<Integer, ShardPosition> shards) {
    static final String MAGIC = "TSDB-WAL";

    /// Since 2 entries know databases, measurements and fields by the catalog's numbers, and the
    /// catalog has a log of its own here.
    static final int VERSION = 2;

    private static final int VERSION_OFFSET = 8;

    private static final int NUMBER_OFFSET = 0;
    private static final int PREVIOUS_END_OFFSET = 8;
    private static final int SHARD_COUNT_OFFSET = 16;
    private static final int SHARDS_OFFSET = 20;
    private static final int SHARD_BYTES = 20;
    private static final int LAST_INDEX_OFFSET = 4;
    private static final int BASE_INDEX_OFFSET = 12;

    /// Where a shard stands at the start of a segment.
    ///
    /// @param lastIndex of its newest record in the segments before; 0 when it never had one
    /// @param baseIndex its records here begin at `baseIndex + 1`; above `lastIndex` when records
    ///   that were not synced got lost after a part already held them
    record ShardPosition(long lastIndex, long baseIndex) {}

    byte[] encode() {
        byte[] body = new byte[SHARDS_OFFSET + shards.size() * SHARD_BYTES];
        LittleEndian.putLong(body, NUMBER_OFFSET, number);
        LittleEndian.putLong(body, PREVIOUS_END_OFFSET, previousEnd);
        LittleEndian.putInt(body, SHARD_COUNT_OFFSET, shards.size());
        int at = SHARDS_OFFSET;
        for (Map.Entry<Integer, ShardPosition> shard : new TreeMap<>(shards).entrySet()) {
            LittleEndian.putInt(body, at, shard.getKey());
            LittleEndian.putLong(body, at + LAST_INDEX_OFFSET, shard.getValue().lastIndex());
            LittleEndian.putLong(body, at + BASE_INDEX_OFFSET, shard.getValue().baseIndex());
            at += SHARD_BYTES;
        }
        return FramedFile.frame(MAGIC, VERSION, body);
    }

    /// @param source begins with the header
    /// @param path for errors
    static SegmentHeader decode(String path, byte[] source, int length) {
        byte[] body = FramedFile.body(path, source, length, MAGIC, VERSION);
        int version = LittleEndian.getInt(source, VERSION_OFFSET);
        if (version < VERSION) {
            throw new CorruptDataException(
                    path,
                    VERSION_OFFSET,
                    "has format version "
                            + version
                            + ", this program reads version "
                            + VERSION
                            + ": export the data with the program that wrote it, and import it into"
                            + " a new data directory");
        }
        if (body.length < SHARDS_OFFSET) {
            throw new CorruptDataException(path, 0, "segment header of " + body.length + " bytes");
        }
        int count = LittleEndian.getInt(body, SHARD_COUNT_OFFSET);
        if (body.length != SHARDS_OFFSET + (long) count * SHARD_BYTES) {
            throw new CorruptDataException(
                    path,
                    0,
                    "segment header of " + body.length + " bytes and " + count + " shards");
        }
        var shards = new TreeMap<Integer, ShardPosition>();
        for (int at = SHARDS_OFFSET; at < body.length; at += SHARD_BYTES) {
            shards.put(
                    LittleEndian.getInt(body, at),
                    new ShardPosition(
                            LittleEndian.getLong(body, at + LAST_INDEX_OFFSET),
                            LittleEndian.getLong(body, at + BASE_INDEX_OFFSET)));
        }
        return new SegmentHeader(
                LittleEndian.getLong(body, NUMBER_OFFSET),
                LittleEndian.getLong(body, PREVIOUS_END_OFFSET),
                shards);
    }

    /// Bytes that the header takes in its file: records follow it.
    int encodedBytes() {
        return FramedFile.OVERHEAD_BYTES + SHARDS_OFFSET + shards.size() * SHARD_BYTES;
    }
}
