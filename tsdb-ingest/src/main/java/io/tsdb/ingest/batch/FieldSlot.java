package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldType;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A field of a measurement as a connection spells it. One thread.
public final class FieldSlot {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] spelling;
    private final String name;
    private final FieldType type;
    private final int place;

    // The spelling as whole words and a last one under a mask, which covers 1 to 8 bytes.
    private final int length;
    private final int lastWordAt;
    private final long lastWord;
    private final long lastMask;

    private @Nullable FieldSlot next;

    /// @param spelling raw name and the `=` behind it
    /// @param name what it spells
    /// @param place of its columns: [ShardRows#column]
    FieldSlot(byte[] spelling, String name, FieldType type, int place) {
        this.spelling = spelling;
        this.name = name;
        this.type = type;
        this.place = place;
        this.length = spelling.length;
        this.lastWordAt = (length - 1) / Long.BYTES * Long.BYTES;
        byte[] last = Arrays.copyOf(Arrays.copyOfRange(spelling, lastWordAt, length), Long.BYTES);
        this.lastWord = (long) LONG_LE.get(last, 0);
        this.lastMask = -1L >>> Byte.SIZE * (lastWordAt + Long.BYTES - length);
    }

    /// Bytes of the spelling, with the `=`.
    public int length() {
        return length;
    }

    /// Whether the bytes at a place spell this field. May say no near the end of what may be read.
    ///
    /// @param to end of what may be read
    public boolean matches(byte[] source, int from, int to) {
        if (from + lastWordAt > to - Long.BYTES) {
            return false;
        }
        for (int at = 0; at < lastWordAt; at += Long.BYTES) {
            if ((long) LONG_LE.get(source, from + at) != (long) LONG_LE.get(spelling, at)) {
                return false;
            }
        }
        return (((long) LONG_LE.get(source, from + lastWordAt) ^ lastWord) & lastMask) == 0;
    }

    boolean isSpelled(byte[] source, int from, int to) {
        return Arrays.equals(spelling, 0, length, source, from, to);
    }

    int spellingHash() {
        return FieldSlots.hash(spelling, 0, length);
    }

    public FieldType type() {
        return type;
    }

    /// Where [ShardRows#column] finds the field's column.
    int place() {
        return place;
    }

    String name() {
        return name;
    }

    /// The field that followed this one last time.
    public @Nullable FieldSlot next() {
        return next;
    }

    public void follow(FieldSlot follower) {
        next = follower;
    }
}
