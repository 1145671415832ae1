package io.tsdb.storage.log;

import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.log.SegmentHeader.ShardPosition;
import io.tsdb.storage.model.CorruptDataException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.TreeMap;

/// Writes records to the active segment and opens the next one when it is full. Log thread only.
///
/// Records are gathered in one buffer, so that a group is one write. After an exception nothing may
/// be written before [#reopen].
final class SegmentWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final SegmentFiles files;
    private final int segmentBytes;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private @Nullable DataFile file;
    private Segment active;
    private long previousEnd;
    private long headerEnd;
    private long position;
    private long syncedTo;

    /// How long the active segment's file is: records up to there need no more room.
    private long room;

    /// Whether the active segment is one that this writer made.
    private boolean opened;

    /// @param last newest segment there is, or one that was never written with number 0
    /// @param lastEnd where its last record ends
    SegmentWriter(SegmentFiles files, LogConfig config, Segment last, long lastEnd) {
        this.files = files;
        this.segmentBytes = config.segmentBytes();
        this.active = last;
        this.previousEnd = lastEnd;
    }

    /// The segment that records go to; a new one each time the one before is full.
    Segment active() {
        return active;
    }

    /// Makes sure that a record of this size goes to a segment with room for it.
    ///
    /// @param shards all shards of the log, for the header of a new segment
    /// @return whether there is a new active segment: what was written before is then durable
    boolean prepare(int recordBytes, Collection<ShardState> shards) throws IOException {
        boolean fits =
                file != null && (position + recordBytes <= segmentBytes || position == headerEnd);
        if (!fits) {
            next(shards);
        }
        DataFile target = file;
        if (target != null && position + recordBytes > room) {
            room = files.reserve(active.number(), target, position + recordBytes);
        }
        return !fits;
    }

    /// Goes on in a new segment: what was written before is then durable.
    ///
    /// @param shards all shards of the log, for the header of the new segment
    void next(Collection<ShardState> shards) throws IOException {
        DataFile current = file;
        boolean first = current == null;
        if (current != null) {
            sync();
            shards.forEach(ShardState::synced);
            current.close();
            file = null;
            previousEnd = position;
        }
        active.end(previousEnd);
        var positions = new TreeMap<Integer, ShardPosition>();
        for (ShardState shard : shards) {
            long last = shard.writtenIndex();
            long base =
                    first ? Math.max(Math.max(last, shard.knownIndex()), shard.lastIndex()) : last;
            positions.put(shard.shard(), new ShardPosition(last, base));
        }
        long number = active.number() + 1;
        var header = new SegmentHeader(number, previousEnd, positions);
        file = files.create(number, header.encode());
        for (ShardState shard : shards) {
            ShardPosition own = positions.get(shard.shard());
            if (own != null) { // not one that was made meanwhile
                shard.writtenIndex(own.baseIndex());
                shard.synced();
            }
        }
        opened = true;
        active = new Segment(number, files.path(number));
        position = header.encodedBytes();
        headerEnd = position;
        syncedTo = position;
        room = 0; // asked for with the first record
    }

    /// Where the last record ends, of the active segment; one that an earlier run wrote is not open
    /// before the next one follows it.
    long usedBytes() {
        return isOpen() ? position : previousEnd;
    }

    boolean isOpen() {
        return file != null;
    }

    /// Whether everything that was written is durable.
    boolean isSynced() {
        return file == null || syncedTo == position;
    }

    /// Ends the file soon behind the last record, where that frees as many bytes as `unusedMin`: it
    /// grows from then on.
    void cutTail(long unusedMin) throws IOException {
        DataFile target = file;
        if (target != null && syncedTo == position) {
            room = files.cutNewest(active.number(), target, position, unusedMin);
        }
    }

    void write(Append append) throws IOException {
        ShardState shard = append.shard();
        long index = shard.writtenIndex() + 1;
        append.number(index, active.number(), syncedTo);
        put(append.record().bytes(), append.recordBytes());
        append.placed(active.number(), position);
        shard.writtenIndex(index);
        active.note(shard, index);
    }

    /// Whether a record that was written is durable, whatever failed since.
    boolean isDurable(Append append) {
        return append.segment() != 0
                && (append.segment() < active.number()
                        || (append.segment() == active.number() && append.end() <= syncedTo));
    }

    /// Goes on after a failure: reads back what is durable, forgets what is not, and opens a new
    /// segment that says where the one before it ends.
    ///
    /// @throws IOException when the disk is not well yet
    /// @throws CorruptDataException when something is not there any more that was durable
    void reopen(Collection<ShardState> shards) throws IOException {
        close();
        buffer.clear();
        shards.forEach(ShardState::takeBack);
        if (opened) {
            files.readBack(active.path(), syncedTo);
            previousEnd = syncedTo;
        }
        prepare(0, shards);
    }

    /// Hands all records to the file system.
    void flush() throws IOException {
        DataFile target = file;
        if (target != null && buffer.position() > 0) {
            buffer.flip();
            int count = buffer.limit();
            target.write(buffer, position - count);
            buffer.clear();
        }
    }

    /// Makes all records durable.
    void sync() throws IOException {
        DataFile target = file;
        if (target != null && syncedTo < position) {
            flush();
            target.sync();
            syncedTo = position;
        }
    }

    /// Marks that everything was durable, so that damage to the last records is told from a torn
    /// tail.
    void markSynced() throws IOException {
        if (file != null) {
            sync();
            byte[] mark = new byte[WalRecordLayout.HEADER_BYTES];
            WalRecordLayout.putHeader(
                    mark, active.number(), 0, 0, 0, 0, syncedTo, WalRecordLayout.KIND_SYNCED);
            put(mark, mark.length);
            sync();
        }
    }

    private void put(byte[] source, int count) throws IOException {
        int at = 0;
        while (at < count) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(buffer.remaining(), count - at);
            buffer.put(source, at, part);
            at += part;
            position += part;
        }
    }

    @Override
    public void close() throws IOException {
        DataFile target = file;
        file = null;
        if (target != null) {
            target.close();
        }
    }
}
