package io.tsdb.storage.parquet;

import io.tsdb.storage.scan.Presence;

/// Rows of one column in one page, read back: present values side by side and a bit a row. Belongs
/// to its [PageReader]'s caller; one thread at a time.
///
/// @param values present values: numbers as they are, doubles as IEEE bits, booleans as 0 or 1,
///   texts as `(offset << 32) | length` into `heap`; times in nanoseconds
/// @param presenceBits bit `row & 63` of word `row >>> 6`; undefined unless `presence` is `SOME`
public record DecodedPage(
        int rowCount,
        int valueCount,
        Presence presence,
        long[] values,
        long[] presenceBits,
        byte[] heap) {

    static final byte[] NO_HEAP = {};

    /// A page of rows that all lack the column.
    public static DecodedPage absent(int rowCount) {
        return new DecodedPage(rowCount, 0, Presence.NONE, new long[0], new long[0], NO_HEAP);
    }

    /// Whether a row has a value.
    public boolean isPresent(int row) {
        return switch (presence) {
            case ALL -> true;
            case NONE -> false;
            case SOME -> (presenceBits[row >>> 6] >>> row & 1) != 0;
        };
    }
}
