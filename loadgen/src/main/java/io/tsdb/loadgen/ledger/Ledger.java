package io.tsdb.loadgen.ledger;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// A ledger that was read.
public final class Ledger {
    private final LedgerHeader header;
    private final long validBytes;
    private final Lane[] lanes;
    private long lines;

    private Ledger(LedgerHeader header, long validBytes) {
        this.header = header;
        this.validBytes = validBytes;
        lanes = new Lane[header.stream().lanes()];
        Arrays.setAll(lanes, _ -> new Lane());
    }

    /// State of one lane's batches.
    private static final class Lane {
        /// Per batch: position in the order of acknowledgements from 1 on, 0 for none.
        int[] order = new int[1024];

        byte[] flags = new byte[1024];
        long last = -1;
        int count;
    }

    /// Reads a ledger up to its end or to a torn last record.
    ///
    /// @throws IOException when the file is no ledger or is damaged before its tail; the text names
    ///   the offset
    public static Ledger read(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = file.size();
            ByteBuffer head = read(file, 0, (int) Math.min(size, LedgerLayout.HEADER_BYTES));
            if (head.capacity() < LedgerLayout.HEADER_BYTES
                    || head.getLong(0) != LedgerLayout.MAGIC) {
                throw new IOException(path + " is no ledger");
            }
            int length = head.getInt(LedgerLayout.HEADER_LENGTH);
            if (length < 0 || length > size - LedgerLayout.HEADER_BYTES) {
                throw new IOException(
                        path + ": header is cut off: " + length + " bytes said, file has " + size);
            }
            byte[] json = read(file, LedgerLayout.HEADER_BYTES, length).array();
            if (crc(json, 0, length) != head.getInt(LedgerLayout.HEADER_CRC)) {
                throw new IOException(path + ": CRC mismatch in the header");
            }
            LedgerHeader header;
            try {
                header = JsonMapper.shared().readValue(json, LedgerHeader.class);
            } catch (JacksonException e) {
                throw new IOException(
                        path + ": header is of another version: " + e.getOriginalMessage(), e);
            }
            return readRecords(path, file, LedgerLayout.HEADER_BYTES + length, size, header);
        }
    }

    private static Ledger readRecords(
            Path path, FileChannel file, long start, long size, LedgerHeader header)
            throws IOException {
        long count = (size - start) / LedgerLayout.RECORD_BYTES;
        long valid = 0;
        int chunk = 1 << 16;
        // First pass: how many records are whole. Only the last one may be torn.
        for (long from = 0; from < count; from += chunk) {
            int n = (int) Math.min(chunk, count - from);
            byte[] bytes =
                    read(
                                    file,
                                    start + from * LedgerLayout.RECORD_BYTES,
                                    n * LedgerLayout.RECORD_BYTES)
                            .array();
            for (int i = 0; i < n; i++) {
                int at = i * LedgerLayout.RECORD_BYTES;
                boolean whole =
                        crc(bytes, at, LedgerLayout.RECORD_CRC)
                                == intAt(bytes, at + LedgerLayout.RECORD_CRC);
                if (whole) {
                    valid = from + i + 1;
                } else if (from + i + 1 < count) {
                    throw new IOException(
                            path
                                    + ": CRC mismatch at offset "
                                    + (start + (from + i) * LedgerLayout.RECORD_BYTES)
                                    + ", with more records behind it: the ledger is damaged");
                }
            }
        }
        Ledger ledger = new Ledger(header, start + valid * LedgerLayout.RECORD_BYTES);
        for (long from = 0; from < valid; from += chunk) {
            int n = (int) Math.min(chunk, valid - from);
            ByteBuffer records =
                    read(
                            file,
                            start + from * LedgerLayout.RECORD_BYTES,
                            n * LedgerLayout.RECORD_BYTES);
            for (int i = 0; i < n; i++) {
                ledger.take(records, i * LedgerLayout.RECORD_BYTES);
            }
        }
        return ledger;
    }

    private void take(ByteBuffer records, int at) {
        Lane lane = lanes[records.getInt(at + LedgerLayout.RECORD_LANE)];
        long batch = records.getLong(at + LedgerLayout.RECORD_BATCH);
        int flags = records.getInt(at + LedgerLayout.RECORD_FLAGS);
        int index = Math.toIntExact(batch);
        if (index >= lane.order.length) {
            int capacity = Math.max(index + 1, lane.order.length * 2);
            lane.order = Arrays.copyOf(lane.order, capacity);
            lane.flags = Arrays.copyOf(lane.flags, capacity);
        }
        lane.order[index] = ++lane.count;
        lane.flags[index] |= (byte) flags;
        lane.last = Math.max(lane.last, batch);
        lines += records.getInt(at + LedgerLayout.RECORD_LINES);
    }

    private static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) {
                throw new IOException(
                        "file ends at " + (offset + buffer.position()) + " while it is read");
            }
        }
        return buffer;
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static int intAt(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    public LedgerHeader header() {
        return header;
    }

    /// Bytes of the file that hold; what follows is a torn record.
    public long validBytes() {
        return validBytes;
    }

    /// Lines in acknowledged batches.
    public long lines() {
        return lines;
    }

    /// First batch of a lane that a continued run sends. Batches before it that were given up stay
    /// given up.
    public long nextBatch(int lane) {
        return lanes[lane].last + 1;
    }

    /// Last batch of a lane that can have reached the server.
    public long lastPossibleBatch(int lane) {
        return lanes[lane].last + header.inFlight();
    }

    /// Position of a batch in its lane's order of acknowledgements, from 1 on; 0 when it has none.
    ///
    /// @param sentCounts whether a batch sent over a protocol without answers counts too
    public int order(int lane, long batch, boolean sentCounts) {
        Lane state = lanes[lane];
        int wanted = LedgerLayout.ACKNOWLEDGED | (sentCounts ? LedgerLayout.SENT : 0);
        return batch < state.order.length && (state.flags[(int) batch] & wanted) != 0
                ? state.order[(int) batch]
                : 0;
    }

    /// Whether a batch, acknowledged or not, can take or have taken effect at another time than its
    /// acknowledgement says.
    public boolean isUncertain(int lane, long batch) {
        Lane state = lanes[lane];
        if (batch >= state.order.length) {
            return batch <= lastPossibleBatch(lane);
        }
        int flags = state.flags[(int) batch];
        return (flags & LedgerLayout.GHOST) != 0
                || ((flags & LedgerLayout.ACKNOWLEDGED) == 0 && batch <= lastPossibleBatch(lane));
    }
}
