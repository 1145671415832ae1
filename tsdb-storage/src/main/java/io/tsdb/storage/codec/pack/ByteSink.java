package io.tsdb.storage.codec.pack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Growing byte array that encoders append to; little-endian. One thread; kept and reused.
public final class ByteSink {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1024];
    private int size;

    public int size() {
        return size;
    }

    /// The bytes so far lie in `[0, size())`; replaced when the sink grows.
    public byte[] bytes() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void clear() {
        size = 0;
    }

    /// Takes back everything after the first `newSize` bytes.
    public void truncate(int newSize) {
        size = newSize;
    }

    /// Appends `count` zero bytes that the caller fills.
    ///
    /// @return offset of the first of them
    public int claim(int count) {
        int at = size;
        if (at + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + count));
        }
        Arrays.fill(bytes, at, at + count, (byte) 0);
        size = at + count;
        return at;
    }

    public void putByte(int value) {
        int at = claim(1);
        bytes[at] = (byte) value;
    }

    public void putShort(int value) {
        int at = claim(Short.BYTES);
        SHORT.set(bytes, at, (short) value);
    }

    public void putLong(long value) {
        int at = claim(Long.BYTES);
        LONG.set(bytes, at, value);
    }

    /// Appends the low `count` bytes of a value.
    public void putSigned(long value, int count) {
        int at = claim(count);
        for (int i = 0; i < count; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }

    /// Appends a byte count and that many bytes of a value, see [#signedBytes].
    public void putSized(long value) {
        int count = signedBytes(value);
        putByte(count);
        putSigned(value, count);
    }

    /// Appends an unsigned number, 7 bits a byte, the low ones first.
    public void putVarint(int value) {
        int rest = value;
        while (rest >>> 7 != 0) {
            putByte(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        putByte(rest);
    }

    public void putBytes(byte[] source, int from, int count) {
        int at = claim(count);
        System.arraycopy(source, from, bytes, at, count);
    }

    /// Fewest bytes that give the value back when sign-extended: 0 for 0, else 1 to 8.
    public static int signedBytes(long value) {
        if (value == 0) {
            return 0;
        }
        return (Long.SIZE + 8 - Long.numberOfLeadingZeros(value ^ (value >> 63))) >>> 3;
    }
}
