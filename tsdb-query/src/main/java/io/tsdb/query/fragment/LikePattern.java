package io.tsdb.query.fragment;

/// A pattern of `LIKE`: `%` is any text, `_` any one code point; everything else is itself.
///
/// Matched in time proportional to text times pattern at worst: only the last `%` is ever taken
/// back.
final class LikePattern implements TextTest {
    private final int[] pattern;

    LikePattern(String pattern) {
        this.pattern = pattern.codePoints().toArray();
    }

    @Override
    public boolean holds(String text) {
        int at = 0;
        int p = 0;
        int afterPercent = -1;
        int retryAt = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (p < pattern.length && pattern[p] == '%') {
                afterPercent = ++p;
                retryAt = at;
            } else if (p < pattern.length && (pattern[p] == '_' || pattern[p] == c)) {
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
        while (p < pattern.length && pattern[p] == '%') {
            p++;
        }
        return p == pattern.length;
    }
}
