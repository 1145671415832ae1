package io.tsdb.storage.codec.pack;

import io.tsdb.storage.model.CorruptDataException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Cursor over the bytes of one encoded column; little-endian. One thread.
///
/// Reading past the end is a [CorruptDataException], never another exception.
public final class ByteSource {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int at;

    /// @param from offset of the column's first byte
    /// @param to offset after its last byte
    public ByteSource(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    public byte[] bytes() {
        return bytes;
    }

    /// Offset of the next byte.
    public int position() {
        return at;
    }

    public int remaining() {
        return end - at;
    }

    /// Passes over `count` bytes.
    ///
    /// @return offset of the first of them
    public int take(int count) {
        int from = at;
        if (count > end - from || count < 0) {
            throw corrupt("column ends after " + (end - from) + " of " + count + " bytes");
        }
        at = from + count;
        return from;
    }

    public int readByte() {
        return bytes[take(1)] & 0xFF;
    }

    public int readShort() {
        return (short) SHORT.get(bytes, take(Short.BYTES)) & 0xFFFF;
    }

    public long readLong() {
        return (long) LONG.get(bytes, take(Long.BYTES));
    }

    /// Reads `count` bytes, 0 to 8, and extends the sign.
    public long readSigned(int count) {
        if (count > Long.BYTES) {
            throw corrupt("number of " + count + " bytes");
        }
        return signed(bytes, take(count), count);
    }

    /// Reads what [ByteSink#putSized] wrote.
    public long readSized() {
        return readSigned(readByte());
    }

    public int readVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = readByte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                if (value < 0) {
                    break;
                }
                return value;
            }
        }
        throw corrupt("length out of range");
    }

    /// @throws CorruptDataException when bytes are left over
    public void expectEnd() {
        if (at != end) {
            throw corrupt((end - at) + " bytes left over");
        }
    }

    public CorruptDataException corrupt(String what) {
        return new CorruptDataException("encoded column", at, what);
    }

    /// The number in `count` bytes from `at`, its sign extended.
    public static long signed(byte[] bytes, int at, int count) {
        if (count == 0) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (bytes[at + i] & 0xFFL) << (8 * i);
        }
        int unused = Long.SIZE - 8 * count;
        return value << unused >> unused;
    }
}
