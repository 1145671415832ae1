package io.tsdb.ingest.protocol.line;

/// The ten spellings of a bool. Pure.
final class BoolText {
    /// None of the spellings.
    static final int NOT_A_BOOL = -1;

    private static final int LOWER_CASE = 0x20;

    private BoolText() {}

    /// @return 1, 0 or [#NOT_A_BOOL]
    static int parse(byte[] source, int from, int to) {
        return switch (to - from) {
            case 1 ->
                    switch (source[from]) {
                        case 't', 'T' -> 1;
                        case 'f', 'F' -> 0;
                        default -> NOT_A_BOOL;
                    };
            case 4 -> isSpelled(source, from, "true") ? 1 : NOT_A_BOOL;
            case 5 -> isSpelled(source, from, "false") ? 0 : NOT_A_BOOL;
            default -> NOT_A_BOOL;
        };
    }

    /// Whether the word stands there in lower case, upper case, or with only its first letter
    /// upper.
    private static boolean isSpelled(byte[] source, int from, String word) {
        boolean firstUpper = (source[from] & LOWER_CASE) == 0;
        boolean restUpper = (source[from + 1] & LOWER_CASE) == 0;
        if (restUpper && !firstUpper) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            boolean upper = i == 0 ? firstUpper : restUpper;
            if (source[from + i] != (upper ? word.charAt(i) - LOWER_CASE : word.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
