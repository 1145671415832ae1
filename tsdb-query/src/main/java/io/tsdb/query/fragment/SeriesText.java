package io.tsdb.query.fragment;

import io.tsdb.storage.model.SeriesKey;

import java.util.List;

/// A series as text, as line protocol writes it: two series never read alike.
final class SeriesText {
    private SeriesText() {}

    static String of(SeriesKey series) {
        var text = new StringBuilder();
        append(text, series.measurement(), ", ");
        List<String> tags = series.tags();
        for (int i = 0; i < tags.size(); i += 2) {
            text.append(',');
            append(text, tags.get(i), ", =");
            text.append('=');
            append(text, tags.get(i + 1), ", =");
        }
        return text.toString();
    }

    /// @param special characters that get a backslash
    private static void append(StringBuilder text, String name, String special) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (special.indexOf(c) >= 0) {
                text.append('\\');
            }
            text.append(c);
        }
    }
}
