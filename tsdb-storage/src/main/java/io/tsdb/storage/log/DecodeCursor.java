package io.tsdb.storage.log;

import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;

import java.nio.charset.StandardCharsets;

/// Reads what [EncodeBuffer] wrote, checking every step against the end.
///
/// The array must be readable for [EncodeBuffer#SLACK_BYTES] behind `to`.
final class DecodeCursor {
    private final String path;
    private final long fileOffset;
    private final byte[] bytes;
    private final int from;
    private final int to;
    private int position;

    /// @param path file the bytes are from, for errors
    /// @param fileOffset where `bytes[from]` lies in it
    DecodeCursor(String path, long fileOffset, byte[] bytes, int from, int to) {
        this.path = path;
        this.fileOffset = fileOffset;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.position = from;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    int remaining() {
        return to - position;
    }

    CorruptDataException corrupt(String what) {
        return new CorruptDataException(path, fileOffset + (position - from), what);
    }

    /// Steps over `count` bytes.
    ///
    /// @return where they begin in [#bytes()]
    int skip(long count) {
        if (count < 0 || count > to - position) {
            throw corrupt("record ends within a value of " + count + " bytes");
        }
        int at = position;
        position += (int) count;
        return at;
    }

    int getByte() {
        return bytes[skip(1)] & 0xFF;
    }

    long getVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes[skip(1)];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw corrupt("varint of more than 10 bytes");
    }

    long getZigzag() {
        long value = getVarint();
        return (value >>> 1) ^ -(value & 1);
    }

    /// A varint that counts things of which each takes at least one bit of what remains, or that is
    /// otherwise bounded.
    int getCount(long max) {
        long count = getVarint();
        if (count < 0 || count > max) {
            throw corrupt("count " + count + " above " + max);
        }
        return (int) count;
    }

    /// A word of which `byteCount` (1 to 8) bytes were written.
    long getWord(int byteCount) {
        return LittleEndian.getLong(bytes, skip(byteCount)) & -1L >>> (64 - 8 * byteCount);
    }

    String getText() {
        int length = getCount(remaining());
        return new String(bytes, skip(length), length, StandardCharsets.UTF_8);
    }

    FieldType getFieldType() {
        int id = getByte();
        try {
            return FieldType.ofId(id);
        } catch (IllegalArgumentException e) {
            throw corrupt(String.valueOf(e.getMessage()));
        }
    }
}
