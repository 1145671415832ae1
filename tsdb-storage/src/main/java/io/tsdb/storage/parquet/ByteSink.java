package io.tsdb.storage.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that grow at their end: fixed-width little-endian numbers, varints, texts. One thread.
public final class ByteSink {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT_LE =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int size;

    public ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    /// The bytes, in `[0, size())`; valid until the next write.
    public byte[] array() {
        return bytes;
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /// Makes room for more bytes without writing any.
    public void ensure(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
        }
    }

    /// Takes room for bytes that the caller writes into [#array()].
    ///
    /// @return where they begin
    public int reserve(int count) {
        ensure(count);
        int at = size;
        size += count;
        return at;
    }

    public void put(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    public void putBytes(byte[] source, int from, int length) {
        int at = reserve(length);
        System.arraycopy(source, from, bytes, at, length);
    }

    public void putInt(int value) {
        int at = reserve(Integer.BYTES);
        INT_LE.set(bytes, at, value);
    }

    /// Writes a number into room that was taken before ([#reserve]).
    void setInt(int at, int value) {
        INT_LE.set(bytes, at, value);
    }

    public void putLong(long value) {
        int at = reserve(Long.BYTES);
        LONG_LE.set(bytes, at, value);
    }

    /// Unsigned LEB128: seven bits a byte, lowest first.
    public void putVarint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /// A signed number as varint, small magnitudes short.
    public void putZigzag(long value) {
        putVarint(value << 1 ^ value >> 63);
    }

    /// UTF-8 behind its length as varint.
    public void putText(String text) {
        putText(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Bytes behind their length as varint.
    public void putText(byte[] text) {
        putVarint(text.length);
        putBytes(text, 0, text.length);
    }
}
