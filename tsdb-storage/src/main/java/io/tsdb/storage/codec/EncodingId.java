package io.tsdb.storage.codec;

import io.tsdb.storage.codec.pack.ByteSource;

/// Permanent numbers of the encodings: the first byte of every encoded column.
public enum EncodingId {
    /// One value for all rows.
    CONSTANT(1),
    /// Runs of equal values.
    RUN_LENGTH(2),
    /// Integers as distances from a base.
    FRAME(3),
    /// Integers as differences to the one before.
    DELTA(4),
    /// Times as differences in the coarsest unit.
    TIMESTAMP(5),
    /// Doubles as integers of a power of ten; a column of integers follows.
    DECIMAL(6),
    /// Doubles as what differs from the one before.
    XOR(7),
    /// Distinct strings; a column of integers follows, the ids.
    DICTIONARY(8),
    /// Eight bytes a value.
    RAW(9),
    /// Doubles as a front part of few kinds and the rest.
    SPLIT(10);

    private static final EncodingId[] BY_NUMBER = new EncodingId[11];

    static {
        for (EncodingId id : values()) {
            BY_NUMBER[id.number] = id;
        }
    }

    private final int number;

    EncodingId(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static EncodingId read(ByteSource source) {
        int number = source.readByte();
        if (number == 0 || number >= BY_NUMBER.length) {
            throw source.corrupt("no encoding has the number " + number);
        }
        return BY_NUMBER[number];
    }
}
