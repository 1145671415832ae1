package io.tsdb.storage.codec.xor;

/// Fields of the bit stream (`docs/format/encodings.md#xor`), low bits first.
final class XorLayout {
    static final int FLAG_BITS = 2;

    static final int FLAG_MASK = 3;

    /// Same value as before; nothing follows.
    static final int SAME = 0;

    /// Class of leading zeros, number of significant bits less one, those bits; at least
    /// [#TRAILING_MIN] zeros trail.
    static final int TRAILING = 1;

    /// All bits after as many leading zeros as last time.
    static final int SAME_LEADING = 2;

    /// Class of leading zeros, all bits after them.
    static final int NEW_LEADING = 3;

    static final int CLASS_BITS = 3;
    static final int SIGNIFICANT_BITS = 6;

    /// Bits before those of a value with trailing zeros.
    static final int TRAILING_HEAD_BITS = FLAG_BITS + CLASS_BITS + SIGNIFICANT_BITS;

    /// Fewest trailing zeros that pay for their count.
    static final int TRAILING_MIN = 7;

    /// Leading zeros are rounded down to one of eight numbers.
    private static final byte[] LEADING_OF_CLASS = {0, 8, 12, 16, 18, 20, 22, 24};

    private static final byte[] CLASS_OF_LEADING = new byte[Long.SIZE + 1];

    static {
        for (int leading = 0; leading <= Long.SIZE; leading++) {
            int c = LEADING_OF_CLASS.length - 1;
            while (LEADING_OF_CLASS[c] > leading) {
                c--;
            }
            CLASS_OF_LEADING[leading] = (byte) c;
        }
    }

    private XorLayout() {}

    static int classOf(long xor) {
        return CLASS_OF_LEADING[Long.numberOfLeadingZeros(xor)];
    }

    static int leading(int leadingClass) {
        return LEADING_OF_CLASS[leadingClass];
    }

    /// The class after the flag.
    static int classIn(long head) {
        return (int) (head >>> FLAG_BITS) & 7;
    }

    /// The number of significant bits after flag and class.
    static int significantIn(long head) {
        return ((int) (head >>> (FLAG_BITS + CLASS_BITS)) & 63) + 1;
    }
}
