package io.tsdb.cluster.node.transfer;

/// Escapes of line protocol, as `tsdb-ingest/docs/protocol/line.md` has them. What the grammar has
/// no spelling for is refused, never changed.
final class LineEscapes {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private LineEscapes() {}

    /// Appends the start of a line.
    ///
    /// @throws IllegalArgumentException when no line can have this name
    static void measurement(StringBuilder out, String name) {
        if (name.startsWith("#")) {
            throw new IllegalArgumentException(
                    "measurement " + shown(name) + " begins with #, as a comment does");
        }
        if (!name.isEmpty() && name.charAt(0) == BYTE_ORDER_MARK) {
            // at the start of a request it would be dropped
            out.append(' ');
        }
        escape(out, "measurement", name, ", ");
    }

    /// Appends a tag key, tag value or field key.
    ///
    /// @param what it is, for the complaint
    /// @throws IllegalArgumentException when no line can have this name
    static void name(StringBuilder out, String what, String name) {
        escape(out, what, name, ",= ");
    }

    static void string(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    /// Whether a text can be a name or the value of a tag.
    static boolean isName(String text) {
        return !text.isEmpty() && !text.endsWith("\\") && !hasControl(text);
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) == 0x7F) {
                return true;
            }
        }
        return false;
    }

    private static void escape(StringBuilder out, String what, String text, String special) {
        if (!isName(text)) {
            throw new IllegalArgumentException(
                    what
                            + " "
                            + shown(text)
                            + (text.isEmpty()
                                    ? " is empty"
                                    : text.endsWith("\\")
                                            ? " ends with a backslash"
                                            : " has a control character")
                            + ", which line protocol cannot say");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (special.indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
        }
    }

    /// A text for a message: in quotes, shortened, control characters as escapes.
    static String shown(String text) {
        var shown = new StringBuilder("'");
        int end = Math.min(text.length(), 64);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        shown.append(String.format("\\x%02x", (int) c));
                    } else {
                        shown.append(c);
                    }
                }
            }
        }
        return shown.append(end < text.length() ? "...'" : "'").toString();
    }
}
