package io.tsdb.storage.codec.pack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Where a value lies when packed in eight lanes (`docs/format/encodings.md#lanes`).
///
/// Value `i` belongs to lane `i % 8` and row `i / 8`. A lane is a stream of 32-bit words, low bits
/// first, that takes `width` bits a row; word `k` of the eight lanes lie side by side, so a row of
/// values is one 256-bit load, shift and mask.
final class LaneLayout {
    static final int LANES = 8;
    static final int WORD_BYTES = Integer.BYTES;

    /// Bytes of one word of every lane.
    static final int WORDS_BYTES = LANES * WORD_BYTES;

    static final int WIDTH_MAX = 31;

    static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private LaneLayout() {}

    static int sizeBytes(int count, int width) {
        int rows = (count + LANES - 1) / LANES;
        return (rows * width + 31) / 32 * WORDS_BYTES;
    }

    /// One value, for rows that are not full.
    static int value(byte[] source, int at, int index, int width) {
        int bit = index / LANES * width;
        int word = at + (bit >>> 5) * WORDS_BYTES + index % LANES * WORD_BYTES;
        int shift = bit & 31;
        int value = (int) INT.get(source, word) >>> shift;
        if (shift + width > 32) {
            value |= (int) INT.get(source, word + WORDS_BYTES) << (32 - shift);
        }
        return value & mask(width);
    }

    static int mask(int width) {
        return (1 << width) - 1;
    }
}
