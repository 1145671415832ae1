package io.tsdb.query.memory;

import io.tsdb.query.sql.TimestampText;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Points written as `measurement,tag=value field=1i,other="text" 2024-01-01T00:00:00Z`. No
/// escapes; texts in quotes may hold anything but quotes.
public final class TestPoints {
    private TestPoints() {}

    public static TestPoint parse(String line) {
        List<String> parts = split(line.strip(), ' ');
        if (parts.size() != 3) {
            throw new IllegalArgumentException("no point: " + line);
        }
        List<String> head = split(parts.get(0), ',');
        var tags = new HashMap<String, String>();
        for (String tag : head.subList(1, head.size())) {
            tags.put(name(tag), value(tag).replace("\"", ""));
        }
        var fields = new HashMap<String, Object>();
        for (String field : split(parts.get(1), ',')) {
            fields.put(name(field), typed(value(field)));
        }
        return new TestPoint(head.getFirst(), Map.copyOf(tags), time(parts.get(2)), fields);
    }

    private static long time(String text) {
        return text.matches("-?\\d+")
                ? Long.parseLong(text)
                : TimestampText.parse(text).orElseThrow();
    }

    private static String name(String pair) {
        return pair.substring(0, pair.indexOf('='));
    }

    private static String value(String pair) {
        return pair.substring(pair.indexOf('=') + 1);
    }

    private static Object typed(String text) {
        if (text.startsWith("\"")) {
            return text.substring(1, text.length() - 1);
        }
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        if (text.endsWith("u")) {
            return new BigInteger(text.substring(0, text.length() - 1));
        }
        return text.endsWith("i")
                ? (Object) Long.valueOf(text.substring(0, text.length() - 1))
                : (Object) Double.valueOf(text);
    }

    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        boolean quoted = false;
        for (char c : text.toCharArray()) {
            quoted ^= c == '"';
            if (c == separator && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
