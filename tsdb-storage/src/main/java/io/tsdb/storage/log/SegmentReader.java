package io.tsdb.storage.log;

import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/// Steps through the records of one segment and tells why it stopped. One thread.
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 20;

    /// A segment gets its name when its header is on disk, so nothing of ours leaves it so.
    private static final String EMPTY =
            "segment of 0 bytes (a segment has its header before it has its name, so it was emptied"
                + " later); put it back from a copy, or, to go on without what it and later"
                + " segments held, move it and all later ones out of the directory; damage found";

    private final Path path;
    private final DataFile file;
    private final long fileBytes;
    private final SegmentHeader header;

    private byte[] window;
    private long windowStart;
    private int windowBytes;

    private long recordOffset;
    private long nextOffset;
    private int recordAt;
    private int payloadLength;
    private String problem = "";
    private boolean torn;

    SegmentReader(FileStore io, Path path) throws IOException {
        this.path = path;
        this.file = io.open(path);
        try {
            this.fileBytes = file.size();
            if (fileBytes == 0) {
                throw new CorruptDataException(path.toString(), 0, EMPTY);
            }
            int windowSize = (int) Math.min(fileBytes, WINDOW_BYTES);
            this.window = new byte[windowSize + EncodeBuffer.SLACK_BYTES];
            int at = load(0, windowSize);
            byte[] head = Arrays.copyOfRange(window, at, at + windowBytes);
            this.header = SegmentHeader.decode(path.toString(), head, head.length);
            this.nextOffset = header.encodedBytes();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    SegmentHeader header() {
        return header;
    }

    Path path() {
        return path;
    }

    long fileBytes() {
        return fileBytes;
    }

    /// Goes to the next record.
    ///
    /// @return false when there is no valid one at [#nextOffset()]; [#problem()] says why
    boolean next() throws IOException {
        torn = false;
        if (nextOffset + WalRecordLayout.HEADER_BYTES > fileBytes) {
            problem = "file ends (" + (fileBytes - nextOffset) + " bytes left)";
            torn = fileBytes > nextOffset;
            return false;
        }
        int at = load(nextOffset, WalRecordLayout.HEADER_BYTES);
        if (!WalRecordLayout.isHeader(window, at, header.number())) {
            problem = headerProblem(at);
            return false;
        }
        int length = LittleEndian.getInt(window, at + WalRecordLayout.PAYLOAD_LENGTH_OFFSET);
        long end = nextOffset + WalRecordLayout.HEADER_BYTES + length;
        if (length < 0 || end > fileBytes) {
            problem = "record of " + length + " bytes ends after the file";
            torn = true;
            return false;
        }
        at = load(nextOffset, WalRecordLayout.HEADER_BYTES + length);
        int stored = LittleEndian.getInt(window, at + WalRecordLayout.PAYLOAD_CRC_OFFSET);
        int payload = at + WalRecordLayout.HEADER_BYTES;
        int computed = Checksum.crc32c(window, payload, payload + length);
        if (stored != computed) {
            problem = crcProblem("payload", stored, computed);
            torn = true;
            return false;
        }
        recordOffset = nextOffset;
        recordAt = at;
        payloadLength = length;
        nextOffset = end;
        return true;
    }

    /// Up to where the segment was durable when the record was written.
    long syncedTo() {
        return LittleEndian.getInt(window, recordAt + WalRecordLayout.SYNCED_TO_OFFSET);
    }

    /// Whether a later record proves that the byte at `offset` had been durable: then what is wrong
    /// there is damage, not a write that a crash cut short.
    ///
    /// Every record carries the offset up to which the log was durable when it was written.
    ///
    /// @return offset of such a record, or -1
    long findProofOfSync(long offset) throws IOException {
        long at = offset + 1;
        while (at + WalRecordLayout.HEADER_BYTES <= fileBytes) {
            int index = load(at, WalRecordLayout.HEADER_BYTES);
            for (; index + WalRecordLayout.HEADER_BYTES <= windowBytes; index++) {
                if (isProofOfSync(index, offset)) {
                    return windowStart + index;
                }
            }
            at = windowStart + index;
        }
        return -1;
    }

    /// The cheap look comes first: all of the unused space, tens of megabytes, is gone through.
    private boolean isProofOfSync(int index, long offset) {
        return WalRecordLayout.mayBeHeader(window, index)
                && WalRecordLayout.isHeader(window, index, header.number())
                && Integer.toUnsignedLong(
                                LittleEndian.getInt(
                                        window, index + WalRecordLayout.SYNCED_TO_OFFSET))
                        > offset;
    }

    long recordOffset() {
        return recordOffset;
    }

    /// Offset behind the last valid record.
    long nextOffset() {
        return nextOffset;
    }

    /// Why [#next()] gave nothing.
    String problem() {
        return problem;
    }

    /// Whether what stopped [#next()] is clearly the beginning of a record, and not unused space or
    /// the records of an older use of the file.
    boolean isTorn() {
        return torn;
    }

    int shard() {
        return LittleEndian.getInt(window, recordAt + WalRecordLayout.SHARD_OFFSET);
    }

    long index() {
        return LittleEndian.getLong(window, recordAt + WalRecordLayout.INDEX_OFFSET);
    }

    int kind() {
        return window[recordAt + WalRecordLayout.KIND_OFFSET] & 0xFF;
    }

    /// The payload; valid until the next step.
    DecodeCursor payload() {
        int from = recordAt + WalRecordLayout.HEADER_BYTES;
        return new DecodeCursor(
                path.toString(),
                recordOffset + WalRecordLayout.HEADER_BYTES,
                window,
                from,
                from + payloadLength);
    }

    /// Makes `[offset, offset + count)` of the file readable in the window, with slack behind it.
    ///
    /// @return where it begins in the window
    private int load(long offset, int count) throws IOException {
        if (offset >= windowStart && offset + count <= windowStart + windowBytes) {
            return (int) (offset - windowStart);
        }
        int needed = count + EncodeBuffer.SLACK_BYTES;
        if (window.length < needed) {
            window = new byte[(int) Math.min(Integer.MAX_VALUE - 64, needed * 2L)];
        }
        int readable = window.length - EncodeBuffer.SLACK_BYTES;
        windowStart = offset;
        windowBytes = file.read(ByteBuffer.wrap(window, 0, readable), offset);
        if (windowBytes < count) {
            throw new IOException(
                    path + ": asked for " + count + " bytes at " + offset + ", got " + windowBytes);
        }
        return 0;
    }

    private String headerProblem(int at) {
        for (int i = 0; i < WalRecordLayout.HEADER_BYTES; i++) {
            if (window[at + i] != 0) {
                return crcProblem(
                        "record header",
                        LittleEndian.getInt(window, at),
                        WalRecordLayout.headerCrc(window, at, header.number()));
            }
        }
        return "zeros";
    }

    private static String crcProblem(String what, int stored, int computed) {
        return what
                + " CRC mismatch (stored "
                + Integer.toHexString(stored)
                + ", computed "
                + Integer.toHexString(computed)
                + ")";
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
