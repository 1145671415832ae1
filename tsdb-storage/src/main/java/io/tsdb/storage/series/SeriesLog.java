package io.tsdb.storage.series;

import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesIds;

import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/// The append-only file of series, and the memory that their keys are read from.
///
/// What is written is mapped; only the newest chunk (1 MiB) is on the heap. An entry's location is
/// `chunk << 40 | offset` and never changes. One thread appends; [#mark] and [#sync] may run on
/// another; reads are for any thread that got the location from the appending one.
final class SeriesLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeriesLog.class);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNK_SHIFT = 40;
    private static final long OFFSET_MASK = (1L << CHUNK_SHIFT) - 1;

    private final FileStore io;
    private final Path path;
    private final DataFile file;
    private final Arena arena = Arena.ofShared();

    private volatile MemorySegment[] chunks = {};

    /// Where each chunk begins in the file.
    private long[] starts = {};

    private byte[] tail = new byte[0];
    private int tailFrame;
    private int tailSize;
    private int tailWritten;
    private long tailStart;
    private int seriesCount;
    private int frameFirstSeries;
    private int lastFrameCrc;
    private final Queue<Chunk> unwritten = new ArrayDeque<>();

    /// Up to here the file is durable.
    private long syncedTo;

    /// A sync has failed: what lies behind `syncedTo` may be on disk or not, whatever the next sync
    /// says, unless it is written again.
    private boolean failed;

    /// A full chunk on the heap and where it belongs in the file.
    private record Chunk(byte[] bytes, int size, long start) {}

    private SeriesLog(FileStore io, Path path, DataFile file) {
        this.io = io;
        this.path = path;
        this.file = file;
    }

    /// Receives entries when the log is opened, in order.
    interface Visitor {
        /// Wants nothing.
        Visitor NOBODY =
                new Visitor() {
                    @Override
                    public void series(
                            long measurement, byte[] source, int from, int to, long location) {
                        // read, and that is all
                    }

                    @Override
                    public void dropDatabase(int database) {
                        // read, and that is all
                    }

                    @Override
                    public void dropMeasurement(long measurement) {
                        // read, and that is all
                    }

                    @Override
                    public void forget(long measurement, RoaringBitmap ids) {
                        // read, and that is all
                    }
                };

        /// @param measurement [MeasurementId#packed()]
        /// @param source holds the canonical key in `[from, to)`; not to be kept
        void series(long measurement, byte[] source, int from, int to, long location);

        void dropDatabase(int database);

        /// @param measurement [MeasurementId#packed()]
        void dropMeasurement(long measurement);

        /// @param measurement [MeasurementId#packed()]
        void forget(long measurement, RoaringBitmap ids);
    }

    /// Opens the log, created when missing, and cuts what lies behind `mark`.
    ///
    /// @param mark of the state that everything else of the shard was saved with; 0 for none;
    ///   `Long.MAX_VALUE` takes every whole frame there is
    /// @throws CorruptDataException when bytes before the mark are missing or damaged
    static SeriesLog open(FileStore io, Path path, long mark, Visitor visitor) throws IOException {
        byte[] header =
                FramedFile.frame(SeriesLogLayout.MAGIC, SeriesLogLayout.VERSION, new byte[0]);
        if (mark == 0 || (mark == Long.MAX_VALUE && !io.exists(path))) {
            io.replace(path, header);
        } else if (!io.exists(path)) {
            throw new CorruptDataException(
                    path.toString(), 0, "series log is missing, its mark is " + mark);
        }
        DataFile file = io.open(path);
        var log = new SeriesLog(io, path, file);
        try {
            long end = log.replay(header.length, mark, visitor);
            if (file.size() > end) {
                LOG.info(
                        "{}: {} bytes behind offset {} are cut, the log brings them again",
                        path,
                        file.size() - end,
                        end);
                file.truncate(end);
                file.sync();
            }
            log.chunks = new MemorySegment[] {io.map(path, 0, end, log.arena)};
            log.starts = new long[] {0};
            log.tailStart = end;
            log.syncedTo = end;
            return log;
        } catch (IOException | RuntimeException e) {
            log.arena.close();
            file.close();
            throw e;
        }
    }

    /// Reads the log up to a mark and changes nothing.
    ///
    /// @return where the last whole frame ends; 0 when there is no file and none is needed
    /// @throws CorruptDataException when bytes before the mark are missing or damaged
    static long verify(FileStore io, Path path, long mark) throws IOException {
        if (!io.exists(path)) {
            if (mark == 0 || mark == Long.MAX_VALUE) {
                return 0;
            }
            throw new CorruptDataException(
                    path.toString(), 0, "series log is missing, its mark is " + mark);
        }
        int headerBytes =
                FramedFile.frame(SeriesLogLayout.MAGIC, SeriesLogLayout.VERSION, new byte[0])
                        .length;
        try (DataFile file = io.open(path)) {
            var log = new SeriesLog(io, path, file);
            try {
                return log.replay(headerBytes, mark, Visitor.NOBODY);
            } finally {
                log.arena.close();
            }
        }
    }

    /// Number of series, live or not.
    int seriesCount() {
        return seriesCount;
    }

    /// Adds a series.
    ///
    /// @param measurement [MeasurementId#packed()]
    /// @return its location
    synchronized long appendSeries(long measurement, byte[] key) {
        long location =
                append(
                        SeriesLogLayout.KIND_SERIES,
                        (int) (measurement >>> 32),
                        (int) measurement,
                        key);
        seriesCount++;
        return location;
    }

    void appendDropDatabase(int database) {
        append(SeriesLogLayout.KIND_DROP_DATABASE, database, 0, new byte[0]);
    }

    /// @param measurement [MeasurementId#packed()]
    void appendDropMeasurement(long measurement) {
        append(
                SeriesLogLayout.KIND_DROP_MEASUREMENT,
                (int) (measurement >>> 32),
                (int) measurement,
                new byte[0]);
    }

    /// Ends series.
    ///
    /// @param measurement [MeasurementId#packed()]
    void appendForget(long measurement, RoaringBitmap ids) {
        var some = new RoaringBitmap();
        for (PeekableIntIterator all = ids.getIntIterator(); all.hasNext(); ) {
            some.add(all.next());
            if (some.getCardinality() == SeriesLogLayout.FORGET_IDS_MAX || !all.hasNext()) {
                append(
                        SeriesLogLayout.KIND_FORGET,
                        (int) (measurement >>> 32),
                        (int) measurement,
                        SeriesIds.toBytes(some));
                some = new RoaringBitmap();
            }
        }
    }

    /// The state up to the newest entry, as a position to open the log at.
    synchronized long mark() {
        closeFrame();
        return tailStart + tailSize;
    }

    /// Checksum that stands for everything up to [#mark()].
    synchronized int lastFrameCrc() {
        closeFrame();
        return lastFrameCrc;
    }

    /// Makes every entry durable that was appended before. After a failure the next call writes
    /// again what the failed one may have lost.
    void sync() throws IOException {
        long end;
        synchronized (this) {
            closeFrame();
            if (failed) {
                writeAgain();
            }
            writeChunks();
            writeTail();
            end = tailStart + tailSize;
        }
        try {
            file.sync();
        } catch (IOException e) {
            synchronized (this) {
                failed = true;
            }
            throw e;
        }
        synchronized (this) {
            syncedTo = end;
            failed = false;
        }
    }

    /// Writes all chunks that are not durable from memory: from the heap, or from the pages that
    /// are mapped; those are checked, since they may have been read from disk meanwhile.
    private void writeAgain() throws IOException {
        tailWritten = 0;
        for (int i = chunks.length - 2; i >= 0 && starts[i + 1] > syncedTo; i--) {
            long start = starts[i];
            int size = (int) (starts[i + 1] - start);
            byte[] content = chunks[i].asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
            checkFrames(content, start);
            file.write(ByteBuffer.wrap(content), start);
        }
    }

    private void checkFrames(byte[] content, long start) {
        for (int at = 0; at < content.length; ) {
            int length = LittleEndian.getInt(content, at + SeriesLogLayout.FRAME_LENGTH_OFFSET);
            int end = at + SeriesLogLayout.FRAME_HEADER_BYTES + length;
            if (length < 0
                    || end > content.length
                    || frameCrc(content, at, end, start + at)
                            != LittleEndian.getInt(
                                    content, at + SeriesLogLayout.FRAME_CRC_OFFSET)) {
                throw corrupt(start + at, "a sync failed, and what it should write is lost");
            }
            at = end;
        }
    }

    /// Whether the series at a location is this one.
    ///
    /// @param measurement [MeasurementId#packed()]
    boolean isSeries(long location, long measurement, byte[] key, int from, int to) {
        MemorySegment chunk = chunk(location);
        long at = location & OFFSET_MASK;
        if (measurement(chunk, at) != measurement || length(chunk, at) != to - from) {
            return false;
        }
        long keyAt = at + SeriesLogLayout.ENTRY_HEADER_BYTES;
        return MemorySegment.mismatch(
                        chunk, keyAt, keyAt + (to - from), MemorySegment.ofArray(key), from, to)
                == -1;
    }

    /// @return [MeasurementId#packed()]
    long measurement(long location) {
        return measurement(chunk(location), location & OFFSET_MASK);
    }

    /// Canonical key of the series at a location.
    byte[] key(long location) {
        MemorySegment chunk = chunk(location);
        long at = location & OFFSET_MASK;
        byte[] key = new byte[length(chunk, at)];
        MemorySegment.copy(
                chunk,
                ValueLayout.JAVA_BYTE,
                at + SeriesLogLayout.ENTRY_HEADER_BYTES,
                key,
                0,
                key.length);
        return key;
    }

    /// Bytes of the canonical key of the series at a location.
    int keyLength(long location) {
        return length(chunk(location), location & OFFSET_MASK);
    }

    private MemorySegment chunk(long location) {
        return chunks[(int) (location >>> CHUNK_SHIFT)];
    }

    private static long measurement(MemorySegment chunk, long at) {
        return MeasurementId.packed(
                chunk.get(INT, at + SeriesLogLayout.ENTRY_DATABASE_OFFSET),
                chunk.get(INT, at + SeriesLogLayout.ENTRY_MEASUREMENT_OFFSET));
    }

    private static int length(MemorySegment chunk, long at) {
        return chunk.get(SHORT, at + SeriesLogLayout.ENTRY_LENGTH_OFFSET) & 0xFFFF;
    }

    private synchronized long append(int kind, int database, int measurement, byte[] bytes) {
        int entryBytes = SeriesLogLayout.ENTRY_HEADER_BYTES + bytes.length;
        boolean frameOpen = tailSize > tailFrame;
        int needed = entryBytes + (frameOpen ? 0 : SeriesLogLayout.FRAME_HEADER_BYTES);
        if (tailSize + needed > tail.length) {
            nextChunk();
            frameOpen = false;
        }
        if (!frameOpen) {
            frameFirstSeries = seriesCount;
            tailSize = tailFrame + SeriesLogLayout.FRAME_HEADER_BYTES;
        }
        int at = tailSize;
        tail[at + SeriesLogLayout.ENTRY_KIND_OFFSET] = (byte) kind;
        LittleEndian.putShort(tail, at + SeriesLogLayout.ENTRY_LENGTH_OFFSET, bytes.length);
        LittleEndian.putInt(tail, at + SeriesLogLayout.ENTRY_DATABASE_OFFSET, database);
        LittleEndian.putInt(tail, at + SeriesLogLayout.ENTRY_MEASUREMENT_OFFSET, measurement);
        System.arraycopy(bytes, 0, tail, at + SeriesLogLayout.ENTRY_HEADER_BYTES, bytes.length);
        tailSize = at + entryBytes;
        return (long) (chunks.length - 1) << CHUNK_SHIFT | at;
    }

    /// Gives the open frame its header; the next entry begins a new one.
    private void closeFrame() {
        if (tailSize > tailFrame) {
            int length = tailSize - tailFrame - SeriesLogLayout.FRAME_HEADER_BYTES;
            LittleEndian.putInt(tail, tailFrame + SeriesLogLayout.FRAME_LENGTH_OFFSET, length);
            LittleEndian.putInt(
                    tail, tailFrame + SeriesLogLayout.FRAME_FIRST_SERIES_OFFSET, frameFirstSeries);
            lastFrameCrc = frameCrc(tail, tailFrame, tailSize, tailStart + tailFrame);
            LittleEndian.putInt(tail, tailFrame + SeriesLogLayout.FRAME_CRC_OFFSET, lastFrameCrc);
            tailFrame = tailSize;
        }
    }

    /// Writes full chunks that could not be written when they were full.
    private void writeChunks() throws IOException {
        for (Chunk chunk = unwritten.peek(); chunk != null; chunk = unwritten.peek()) {
            file.write(ByteBuffer.wrap(chunk.bytes(), 0, chunk.size()), chunk.start());
            unwritten.remove();
        }
    }

    private void writeTail() throws IOException {
        if (tailWritten < tailFrame) {
            file.write(
                    ByteBuffer.wrap(tail, tailWritten, tailFrame - tailWritten),
                    tailStart + tailWritten);
            tailWritten = tailFrame;
        }
    }

    /// Writes the full chunk, reads it from the page cache from now on, and begins an empty one.
    private void nextChunk() {
        MemorySegment[] grown = Arrays.copyOf(chunks, chunks.length + 1);
        if (tailSize > 0) {
            closeFrame();
            try {
                writeTail();
                grown[grown.length - 2] = io.map(path, tailStart, tailSize, arena);
            } catch (IOException e) {
                LOG.error("{}: cannot write series at offset {}, tries again", path, tailStart, e);
                unwritten.add(new Chunk(tail, tailSize, tailStart));
            }
        }
        tailStart += tailSize;
        tail = new byte[CHUNK_BYTES];
        tailFrame = 0;
        tailSize = 0;
        tailWritten = 0;
        grown[grown.length - 1] = MemorySegment.ofArray(tail);
        starts = Arrays.copyOf(starts, grown.length);
        starts[grown.length - 1] = tailStart;
        chunks = grown;
    }

    private static int frameCrc(byte[] source, int from, int to, long fileOffset) {
        return Checksum.crc32c(fileOffset, source, from + SeriesLogLayout.FRAME_LENGTH_OFFSET, to);
    }

    /// Reads frames up to the mark.
    ///
    /// @return where the log ends
    private long replay(int headerBytes, long mark, Visitor visitor) throws IOException {
        boolean all = mark == Long.MAX_VALUE;
        long size = file.size();
        if (!all && mark > 0 && (size < mark || mark < headerBytes)) {
            throw corrupt(size, "series log ends before its mark " + mark);
        }
        byte[] header = new byte[headerBytes];
        int read = file.read(ByteBuffer.wrap(header), 0);
        FramedFile.body(
                path.toString(), header, read, SeriesLogLayout.MAGIC, SeriesLogLayout.VERSION);
        int version = LittleEndian.getInt(header, SeriesLogLayout.VERSION_OFFSET);
        if (version < SeriesLogLayout.VERSION) {
            throw corrupt(
                    SeriesLogLayout.VERSION_OFFSET,
                    "has format version "
                            + version
                            + ", this program reads version "
                            + SeriesLogLayout.VERSION);
        }
        long end = all ? size : Math.max(mark, headerBytes);
        long at = headerBytes;
        while (at < end) {
            int frameBytes = replayFrame(at, end, !all, visitor);
            if (frameBytes == 0) {
                break;
            }
            at += frameBytes;
        }
        return at;
    }

    /// @return 0 when there is no whole frame and none is required
    private int replayFrame(long at, long end, boolean required, Visitor visitor)
            throws IOException {
        byte[] head = new byte[SeriesLogLayout.FRAME_HEADER_BYTES];
        int headRead = file.read(ByteBuffer.wrap(head), at);
        int length =
                headRead < head.length
                        ? -1
                        : LittleEndian.getInt(head, SeriesLogLayout.FRAME_LENGTH_OFFSET);
        if (length < 0 || length > CHUNK_BYTES || at + head.length + length > end) {
            return noFrame(required, at, "frame of " + length + " entry bytes passes the end");
        }
        byte[] frame = new byte[head.length + length];
        int read = file.read(ByteBuffer.wrap(frame), at);
        int stored = LittleEndian.getInt(frame, SeriesLogLayout.FRAME_CRC_OFFSET);
        int computed = frameCrc(frame, 0, frame.length, at);
        if (read < frame.length || stored != computed) {
            return noFrame(
                    required,
                    at,
                    "frame CRC mismatch (stored "
                            + Integer.toHexString(stored)
                            + ", computed "
                            + Integer.toHexString(computed)
                            + ")");
        }
        int first = LittleEndian.getInt(frame, SeriesLogLayout.FRAME_FIRST_SERIES_OFFSET);
        if (first != seriesCount) {
            throw corrupt(at, "frame begins at series " + first + " and follows " + seriesCount);
        }
        visit(frame, at, visitor);
        lastFrameCrc = stored;
        return frame.length;
    }

    private int noFrame(boolean required, long at, String what) {
        if (required) {
            throw corrupt(at, what);
        }
        LOG.warn("{}: {} at offset {}; the log ends here", path, what, at);
        return 0;
    }

    private void visit(byte[] frame, long frameOffset, Visitor visitor) {
        int at = SeriesLogLayout.FRAME_HEADER_BYTES;
        while (at < frame.length) {
            int from = at + SeriesLogLayout.ENTRY_HEADER_BYTES;
            int to =
                    from > frame.length
                            ? Integer.MAX_VALUE
                            : from
                                    + LittleEndian.getShort(
                                            frame, at + SeriesLogLayout.ENTRY_LENGTH_OFFSET);
            if (to > frame.length) {
                throw corrupt(frameOffset + at, "entry passes the end of its frame");
            }
            int kind = frame[at + SeriesLogLayout.ENTRY_KIND_OFFSET];
            int database = LittleEndian.getInt(frame, at + SeriesLogLayout.ENTRY_DATABASE_OFFSET);
            long measurement =
                    MeasurementId.packed(
                            database,
                            LittleEndian.getInt(
                                    frame, at + SeriesLogLayout.ENTRY_MEASUREMENT_OFFSET));
            switch (kind) {
                case SeriesLogLayout.KIND_SERIES -> {
                    visitor.series(measurement, frame, from, to, frameOffset + at);
                    seriesCount++;
                }
                case SeriesLogLayout.KIND_DROP_DATABASE -> visitor.dropDatabase(database);
                case SeriesLogLayout.KIND_DROP_MEASUREMENT -> visitor.dropMeasurement(measurement);
                case SeriesLogLayout.KIND_FORGET ->
                        visitor.forget(measurement, ids(frame, from, to, frameOffset + at));
                default -> throw corrupt(frameOffset + at, "no entry kind has the number " + kind);
            }
            at = to;
        }
    }

    private RoaringBitmap ids(byte[] frame, int from, int to, long offset) {
        RoaringBitmap ids;
        try {
            ids = SeriesIds.of(frame, from, to);
        } catch (IllegalArgumentException e) {
            throw corrupt(offset, String.valueOf(e.getMessage()));
        }
        if (!ids.isEmpty() && Integer.compareUnsigned(ids.last(), seriesCount) >= 0) {
            throw corrupt(offset, "series " + ids.last() + " of " + seriesCount + " has ended");
        }
        return ids;
    }

    private CorruptDataException corrupt(long offset, String what) {
        return new CorruptDataException(path.toString(), offset, what);
    }

    @Override
    public void close() throws IOException {
        arena.close();
        file.close();
    }
}
