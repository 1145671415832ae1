package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.ParsedPoint;
import io.tsdb.ingest.protocol.LineError;

/// Names outside quotes: measurement, tag keys and values, field keys. Pure.
enum NameText {
    /// Ends at `,` and space.
    MEASUREMENT,
    /// Ends at `,`, `=` and space.
    KEY;

    private static final int DELETE = 0x7F;

    static boolean isControl(byte c) {
        return c >= 0 && c < ' ' || c == DELETE;
    }

    /// Appends a name without its escapes.
    ///
    /// @return where the name ends: at a separator, a control character or `to`
    /// @throws LineRefusedException when it is not UTF-8
    int read(byte[] source, int from, int to, ParsedPoint target) throws LineRefusedException {
        boolean ascii = true;
        int textFrom = target.textSize();
        int at = from;
        for (; at < to; at++) {
            byte c = source[at];
            if (c == '\\' && at + 1 < to && isSeparator(source[at + 1])) {
                at++;
                target.append(source[at]);
            } else if (isSeparator(c) || isControl(c)) {
                break;
            } else {
                ascii &= c >= 0;
                target.append(c);
            }
        }
        if (!ascii && !Utf8.isValid(target.text(), textFrom, target.textSize())) {
            throw new LineRefusedException(
                    LineError.Kind.SYNTAX,
                    from,
                    "name is not UTF-8: " + LineText.quoted(source, from, at));
        }
        return at;
    }

    private boolean isSeparator(byte c) {
        return c == ',' || c == ' ' || c == '=' && this == KEY;
    }
}
