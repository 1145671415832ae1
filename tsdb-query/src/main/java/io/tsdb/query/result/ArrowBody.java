package io.tsdb.query.result;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The body of a record batch: the columns' buffers one behind the other, each at a multiple of
/// eight. Grows to the largest batch and is reused. One thread.
final class ArrowBody {
    private static final ValueLayout.OfLong LONG_LE =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE_LE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT_LE =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BYTES_MAX = Integer.MAX_VALUE - 64;

    private final MemoryAccount memory;
    private byte[] bytes = {};
    private MemorySegment segment = MemorySegment.ofArray(bytes);
    private int size;
    private long[] buffers = new long[16];
    private int bufferValues;

    ArrowBody(MemoryAccount memory) {
        this.memory = memory;
    }

    void clear() {
        size = 0;
        bufferValues = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /// Offset and length of every buffer.
    long[] buffers() {
        return Arrays.copyOf(buffers, bufferValues);
    }

    /// Makes room for a buffer and notes it; what lies behind it up to the next one is zero.
    ///
    /// @return where it starts
    private int begin(long length) {
        long end = size + ((length + 7) & -8L);
        if (end > BYTES_MAX) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "a batch of an Arrow answer has at most " + BYTES_MAX + " bytes");
        }
        if (end > bytes.length) {
            int capacity = (int) Math.min(BYTES_MAX, Math.max(1 << 14, end + end / 2));
            memory.reserve(capacity);
            memory.release(bytes.length);
            bytes = Arrays.copyOf(bytes, capacity);
            segment = MemorySegment.ofArray(bytes);
        }
        if (bufferValues == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * bufferValues);
        }
        int from = size;
        buffers[bufferValues++] = from;
        buffers[bufferValues++] = length;
        Arrays.fill(bytes, from + (int) length, (int) end, (byte) 0);
        size = (int) end;
        return from;
    }

    /// Which rows have a value; nothing at all when all have.
    ///
    /// @return how many have none
    int addPresence(ResultBatch batch, int column) {
        if (batch.hasNoNulls(column)) {
            begin(0);
            return 0;
        }
        int rows = batch.rowCount();
        int from = begin((rows + 7) / 8);
        int present = 0;
        long[] presence = batch.presence(column);
        for (int i = 0; i < (rows + 7) / 8; i++) {
            int bits = (int) (presence[i >>> 3] >>> 8 * (i & 7)) & 0xFF;
            int rowsHere = Math.min(8, rows - 8 * i);
            bits &= (1 << rowsHere) - 1;
            bytes[from + i] = (byte) bits;
            present += Integer.bitCount(bits);
        }
        return rows - present;
    }

    void addLongs(long[] values, int rows) {
        int from = begin((long) rows * Long.BYTES);
        MemorySegment.copy(values, 0, segment, LONG_LE, from, rows);
    }

    /// @param folded numbers as [Uint64] has them
    void addUnsigned(long[] folded, int rows) {
        int from = begin((long) rows * Long.BYTES);
        for (int row = 0; row < rows; row++) {
            segment.set(LONG_LE, from + (long) row * Long.BYTES, Uint64.fold(folded[row]));
        }
    }

    void addDoubles(double[] values, int rows) {
        int from = begin((long) rows * Double.BYTES);
        MemorySegment.copy(values, 0, segment, DOUBLE_LE, from, rows);
    }

    /// One bit each, of 0 or 1.
    void addBits(long[] values, int rows) {
        int length = (rows + 7) / 8;
        int from = begin(length);
        Arrays.fill(bytes, from, from + length, (byte) 0);
        for (int row = 0; row < rows; row++) {
            bytes[from + (row >>> 3)] |= (byte) ((values[row] & 1) << (row & 7));
        }
    }

    /// Offsets, then the bytes of the texts; a row without value has none.
    ///
    /// @param encoded texts by id
    void addTexts(ResultBatch batch, int column, byte[][] encoded) {
        int rows = batch.rowCount();
        int[] ids = batch.stringIds(column);
        int offsets = begin((rows + 1L) * Integer.BYTES);
        long length = 0;
        for (int row = 0; row < rows; row++) {
            segment.set(INT_LE, offsets + 4L * row, (int) Math.min(length, BYTES_MAX));
            length += batch.isNull(column, row) ? 0 : encoded[ids[row]].length;
        }
        segment.set(INT_LE, offsets + 4L * rows, (int) Math.min(length, BYTES_MAX));
        int at = begin(length);
        for (int row = 0; row < rows; row++) {
            if (!batch.isNull(column, row)) {
                byte[] text = encoded[ids[row]];
                System.arraycopy(text, 0, bytes, at, text.length);
                at += text.length;
            }
        }
    }
}
