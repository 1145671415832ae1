package io.tsdb.query.evaluation;

import java.util.Arrays;

/// A pattern of `LIKE`: `%` is any text, `_` any one code point, what stands behind a `\` is
/// itself, as is everything else.
///
/// Matched in time proportional to text times pattern at worst: only the last `%` is ever taken
/// back.
final class LikePattern implements TextTest {
    /// Not code points, so that no code point of a text equals them.
    private static final int ANY_TEXT = -1;

    private static final int ANY_SIGN = -2;

    private final int[] pattern;
    private final boolean anyCase;

    /// @param anyCase whether upper and lower case are the same
    LikePattern(String pattern, boolean anyCase) {
        this.anyCase = anyCase;
        int[] signs = pattern.codePoints().toArray();
        var parts = new int[signs.length];
        int count = 0;
        for (int i = 0; i < signs.length; i++) {
            parts[count++] =
                    switch (signs[i]) {
                        case '%' -> ANY_TEXT;
                        case '_' -> ANY_SIGN;
                        case '\\' -> folded(signs[++i]);
                        default -> folded(signs[i]);
                    };
        }
        this.pattern = Arrays.copyOf(parts, count);
    }

    /// As Unicode folds simple cases: by way of the upper case, since some lower cases share one.
    private int folded(int sign) {
        return anyCase ? Character.toLowerCase(Character.toUpperCase(sign)) : sign;
    }

    @Override
    public boolean holds(String text) {
        int at = 0;
        int p = 0;
        int afterPercent = -1;
        int retryAt = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (p < pattern.length && pattern[p] == ANY_TEXT) {
                afterPercent = ++p;
                retryAt = at;
            } else if (p < pattern.length && (pattern[p] == ANY_SIGN || pattern[p] == folded(c))) {
                p++;
                at += Character.charCount(c);
            } else if (afterPercent >= 0) {
                retryAt += Character.charCount(text.codePointAt(retryAt));
                at = retryAt;
                p = afterPercent;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == ANY_TEXT) {
            p++;
        }
        return p == pattern.length;
    }
}
