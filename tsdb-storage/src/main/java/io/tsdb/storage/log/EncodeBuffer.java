package io.tsdb.storage.log;

import io.tsdb.storage.io.LittleEndian;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing byte array that one record is encoded into.
///
/// Bit packing writes whole words, so at least [#SLACK_BYTES] lie behind every position that was
/// reserved.
final class EncodeBuffer {
    static final int SLACK_BYTES = 16;

    private byte[] bytes;
    private int position;

    EncodeBuffer(int capacity) {
        bytes = new byte[capacity + SLACK_BYTES];
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    void position(int newPosition) {
        position = newPosition;
    }

    int capacity() {
        return bytes.length;
    }

    /// Makes room for `count` more bytes and the slack; [#bytes()] may change.
    void reserve(int count) {
        long needed = (long) position + count + SLACK_BYTES;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 64) {
                throw new IllegalArgumentException("record above 2 GiB: " + needed + " bytes");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 64, needed * 2));
        }
    }

    void putByte(int value) {
        reserve(1);
        bytes[position++] = (byte) value;
    }

    /// Seven bits a byte, lowest first, the eighth bit says that more follow; 1 to 10 bytes.
    void putVarint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[position++] = (byte) rest;
    }

    /// Varint of `(value << 1) ^ (value >> 63)`: small magnitudes stay short.
    void putZigzag(long value) {
        putVarint((value << 1) ^ (value >> 63));
    }

    /// The lowest `byteCount` bytes of a word.
    void putWord(long value, int byteCount) {
        reserve(byteCount);
        LittleEndian.putLong(bytes, position, value);
        position += byteCount;
    }

    void putBytes(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, position, count);
        position += count;
    }

    /// Varint of the length in bytes, then UTF-8.
    void putText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        putVarint(utf8.length);
        putBytes(utf8, 0, utf8.length);
    }
}
