package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;

/// Texts cut and filled by characters, which are Unicode code points.
final class Characters {
    private Characters() {}

    static int count(String text) {
        return text.codePointCount(0, text.length());
    }

    /// The first `count` characters.
    ///
    /// @param count any number; what passes the text counts as its edge
    static String first(String text, long count, CallSite site) {
        site.reserveText(text.length());
        return text.substring(0, text.offsetByCodePoints(0, Math.clamp(count, 0, count(text))));
    }

    /// The last `count` characters.
    ///
    /// @param count as in [#first]
    static String last(String text, long count, CallSite site) {
        site.reserveText(text.length());
        int all = count(text);
        return text.substring(text.offsetByCodePoints(0, all - Math.clamp(count, 0, all)));
    }

    /// The text of a row filled with another one, over and over, to a count of characters; cut to
    /// the first ones when it has more.
    ///
    /// @param arguments text, count and filling
    /// @param atStart whether it is filled there, not at the end
    static String padded(ColumnVector[] arguments, int row, boolean atStart, CallSite site) {
        String text = arguments[0].string(row);
        long count = arguments[1].longs()[row];
        String fill = arguments[2].string(row);
        int all = count(text);
        if (count <= all || fill.isEmpty()) {
            return first(text, count, site);
        }
        // two units a character at most; built, then copied
        site.reserveText(Math.min(count, Long.MAX_VALUE / 4) * 2 + text.length());
        site.reserveText(count * 2 + text.length());
        int[] points = fill.codePoints().toArray();
        var filled = new StringBuilder();
        for (int i = 0; i < count - all; i++) {
            filled.appendCodePoint(points[i % points.length]);
        }
        return filled.insert(atStart ? filled.length() : 0, text).toString();
    }
}
