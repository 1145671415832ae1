package io.tsdb.cluster.node.transfer;

/// Escapes of line protocol.
final class LineEscapes {
    private LineEscapes() {}

    static void measurement(StringBuilder out, String name) {
        escape(out, name, ", ");
    }

    /// A tag key, tag value or field key.
    static void name(StringBuilder out, String name) {
        escape(out, name, ",= ");
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

    private static void escape(StringBuilder out, String text, String special) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (special.indexOf(c) >= 0) {
                out.append('\\');
            }
            // A newline cannot be part of a name.
            out.append(c == '\n' || c == '\r' ? ' ' : c);
        }
    }
}
