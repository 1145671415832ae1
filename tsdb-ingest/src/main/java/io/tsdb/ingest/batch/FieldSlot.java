package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.FieldSchema;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// A field of a measurement as a connection spells it. One thread.
public final class FieldSlot {
    private final byte[] spelling;
    private final FieldSchema schema;
    private final long firstWord;
    private final long firstMask;
    private @Nullable FieldSlot next;

    /// @param spelling raw name and the `=` behind it
    FieldSlot(byte[] spelling, FieldSchema schema) {
        this.spelling = spelling;
        this.schema = schema;
        int inFirst = Math.min(spelling.length, Long.BYTES);
        long word = 0;
        for (int i = 0; i < inFirst; i++) {
            word |= (spelling[i] & 0xFFL) << (Byte.SIZE * i);
        }
        this.firstWord = word;
        this.firstMask = -1L >>> (Byte.SIZE * (Long.BYTES - inFirst));
    }

    /// Bytes of the spelling, with the `=`.
    public int length() {
        return spelling.length;
    }

    /// Whether the bytes at a place spell this field.
    ///
    /// @param firstBytes the first 8 bytes there, little-endian
    /// @param to end of what may be read
    public boolean matches(long firstBytes, byte[] source, int from, int to) {
        return ((firstBytes ^ firstWord) & firstMask) == 0
                && (spelling.length <= Long.BYTES || matchesRest(source, from, to));
    }

    private boolean matchesRest(byte[] source, int from, int to) {
        return from + spelling.length <= to
                && Arrays.equals(
                        spelling,
                        Long.BYTES,
                        spelling.length,
                        source,
                        from + Long.BYTES,
                        from + spelling.length);
    }

    boolean isSpelled(byte[] source, int from, int to) {
        return Arrays.equals(spelling, 0, spelling.length, source, from, to);
    }

    int spellingHash() {
        return FieldSlots.hash(spelling, 0, spelling.length);
    }

    public FieldType type() {
        return schema.type();
    }

    /// Number of the field within its measurement: [ShardRows#column].
    public int index() {
        return schema.index();
    }

    FieldSchema schema() {
        return schema;
    }

    /// The field that followed this one last time.
    public @Nullable FieldSlot next() {
        return next;
    }

    public void follow(FieldSlot follower) {
        next = follower;
    }
}
