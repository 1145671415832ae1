package io.tsdb.query.result;

import java.nio.charset.StandardCharsets;

/// JSON strings.
public final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /// The text in quotes, escaped.
    public static String quote(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                // '<' is escaped too, so that an answer shown in a page can never open an element.
                case '<' -> out.append("\\u003c");
                default -> {
                    if (c < 0x20 || c == 0x2028 || c == 0x2029) {
                        out.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            out.append(HEX.charAt(c >> shift & 15));
                        }
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    static byte[] quoted(String text) {
        return quote(text).getBytes(StandardCharsets.UTF_8);
    }
}
