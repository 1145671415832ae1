package io.tsdb.ingest.protocol.line;

/// Tells UTF-8 from other bytes: no overlong forms, no surrogates, nothing above U+10FFFF. Pure.
final class Utf8 {
    private Utf8() {}

    static boolean isValid(byte[] source, int from, int to) {
        int at = from;
        while (at < to) {
            int length = sequenceLength(source, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /// Bytes of the character at a place, or 0 when it is none.
    private static int sequenceLength(byte[] source, int at, int to) {
        int first = source[at] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        if (first < 0xE0) {
            return hasTails(source, at, to, 1) ? 2 : 0;
        }
        if (first < 0xF0) {
            return hasTails(source, at, to, 2) && isThreeByte(first, source[at + 1] & 0xFF) ? 3 : 0;
        }
        return hasTails(source, at, to, 3) && isFourByte(first, source[at + 1] & 0xFF) ? 4 : 0;
    }

    private static boolean isThreeByte(int first, int second) {
        boolean overlong = first == 0xE0 && second < 0xA0;
        boolean surrogate = first == 0xED && second >= 0xA0;
        return !overlong && !surrogate;
    }

    private static boolean isFourByte(int first, int second) {
        boolean overlong = first == 0xF0 && second < 0x90;
        boolean tooLarge = first == 0xF4 && second >= 0x90;
        return !overlong && !tooLarge;
    }

    private static boolean hasTails(byte[] source, int at, int to, int count) {
        if (at + count >= to) {
            return false;
        }
        for (int i = 1; i <= count; i++) {
            if ((source[at + i] & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    }
}
