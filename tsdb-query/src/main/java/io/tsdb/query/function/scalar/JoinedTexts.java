package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;

/// Texts of one row put together.
final class JoinedTexts {
    private JoinedTexts() {}

    /// Those of `arguments[from, )` that are there, with the separator between.
    static String join(
            ColumnVector[] arguments, int from, String separator, int row, CallSite site) {
        long length = 0;
        for (int i = from; i < arguments.length; i++) {
            if (arguments[i].isPresent(row)) {
                length += arguments[i].string(row).length() + (long) separator.length();
            }
        }
        // built, then copied
        site.reserveText(length);
        site.reserveText(length);
        var text = new StringBuilder((int) length);
        boolean isFirst = true;
        for (int i = from; i < arguments.length; i++) {
            if (arguments[i].isPresent(row)) {
                text.append(isFirst ? "" : separator).append(arguments[i].string(row));
                isFirst = false;
            }
        }
        return text.toString();
    }
}
