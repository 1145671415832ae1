package io.tsdb.storage.parquet;

import io.tsdb.storage.model.CorruptDataException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what [ByteSink] wrote; whatever passes the end is damage. One thread.
public final class ByteSource {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT_LE =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final String path;
    private final byte[] bytes;
    private final long base;
    private final int to;
    private int at;

    /// @param path names the file in errors
    /// @param base offset in the file of `bytes[0]`
    public ByteSource(String path, long base, byte[] bytes, int from, int to) {
        this.path = path;
        this.base = base;
        this.bytes = bytes;
        this.at = from;
        this.to = to;
    }

    public int at() {
        return at;
    }

    /// Goes on at another place.
    public void moveTo(int position) {
        if (position < 0 || position > to) {
            throw corrupt("a position of " + position + " in " + to + " bytes");
        }
        at = position;
    }

    public int remaining() {
        return to - at;
    }

    public int get() {
        need(1);
        return bytes[at++] & 0xFF;
    }

    public int getInt() {
        need(Integer.BYTES);
        int value = (int) INT_LE.get(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    public long getLong() {
        need(Long.BYTES);
        long value = (long) LONG_LE.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    public long getVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            need(1);
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw corrupt("a varint of more than ten bytes");
    }

    public long getZigzag() {
        long value = getVarint();
        return value >>> 1 ^ -(value & 1);
    }

    /// A varint that counts something.
    ///
    /// @param max the most that makes sense here
    public int getCount(long max) {
        long value = getVarint();
        if (value < 0 || value > max) {
            throw corrupt("a count of " + Long.toUnsignedString(value) + " where at most " + max);
        }
        return (int) value;
    }

    public String getText() {
        int length = getCount(remaining());
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    public byte[] getBytes(int length) {
        need(length);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    public CorruptDataException corrupt(String what) {
        return new CorruptDataException(path, base + at, what);
    }

    private void need(int count) {
        if (count < 0 || to - at < count) {
            throw corrupt("the end comes " + (count - (to - at)) + " bytes too early");
        }
    }
}
