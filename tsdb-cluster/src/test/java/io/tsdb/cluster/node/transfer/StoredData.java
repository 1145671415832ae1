package io.tsdb.cluster.node.transfer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// Points that a node can store, with everything about them that is hard to write down: random from
/// a seed. Writes them as line protocol by its own rules, so that it is a witness against the
/// importer and exporter.
final class StoredData {
    private static final long TIME_MIN = -9223372036854775806L;
    private static final long TIME_MAX = 9223372036854775806L;

    /// What stands in texts, names too.
    private static final String[] PIECES = {
        ",",
        "=",
        " ",
        "\"",
        "\\",
        "\\\\",
        "\\,",
        "\\ ",
        "\\=",
        "\\n",
        "'",
        ";",
        ":",
        "#",
        "\t|",
        "ü",
        "😀",
        "\uFEFF",
        "\u2028",
        "\u0085",
        "\u00A0",
        "a",
        "Z",
        "0",
        "-1",
        "1e5",
        "NaN",
        "null",
        "true",
        ":tag",
        ":float64",
        "--",
        "/*",
        "$1",
        "%",
        "\\\"",
        "\uFFFD",
        "e\u0301"
    };

    /// What stands in strings only.
    private static final String[] CONTROLS = {
        "\r", "\n", "\r\n", "\n\r", "\u0000", "\u0001", "\u001b", "\u007f", "\b", "\f", "\t", "\n#"
    };

    private static final String[] NAMES = {
        "v",
        "V",
        "value",
        "Time",
        "time ",
        "_time",
        "tag",
        "id",
        "name",
        "*",
        "a.b",
        "select",
        "\"",
        "a:tag",
        "x:float64",
        "null",
        "NaN",
        "count",
        "0",
        "true",
        "ä",
        "#",
        " ",
        "\uFEFF",
        "''"
    };

    private final Random random;

    /// Series and time, and the fields there.
    private final SortedMap<String, SortedMap<String, Object>> points = new TreeMap<>();

    private final StringBuilder lines = new StringBuilder();
    private final List<String> measurements = new ArrayList<>();

    private StoredData(Random random) {
        this.random = random;
    }

    static StoredData random(long seed) {
        var data = new StoredData(new Random(seed));
        int measurements = 1 + data.random.nextInt(3);
        for (int i = 0; i < measurements; i++) {
            data.measurement();
        }
        return data;
    }

    private void measurement() {
        String name = name();
        while (name.startsWith("#") || measurements.contains(name)) {
            name = name();
        }
        measurements.add(name);
        List<String> tags = names(List.of(), random.nextInt(4));
        List<String> fields = names(tags, 1 + random.nextInt(6));
        int[] types = random.ints(fields.size(), 0, 5).toArray();
        List<SortedMap<String, String>> series = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            var values = new TreeMap<String, String>();
            for (String tag : tags) {
                if (random.nextInt(3) > 0) {
                    values.put(tag, name());
                }
            }
            series.add(values);
        }
        int count = random.nextInt(60) + 1;
        for (int i = 0; i < count; i++) {
            var point = new TreeMap<String, Object>();
            for (int field = 0; field < fields.size(); field++) {
                if (random.nextInt(3) > 0) {
                    point.put(fields.get(field), value(types[field]));
                }
            }
            if (!point.isEmpty()) {
                add(name, series.get(random.nextInt(series.size())), time(), point);
            }
        }
    }

    private void add(
            String measurement,
            SortedMap<String, String> tags,
            long time,
            SortedMap<String, Object> fields) {
        // a leading byte order mark could be that of the request
        lines.append(' ').append(escaped(measurement, ", "));
        tags.forEach(
                (key, value) ->
                        lines.append(',')
                                .append(escaped(key, ",= "))
                                .append('=')
                                .append(escaped(value, ",= ")));
        String before = " ";
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            lines.append(before).append(escaped(field.getKey(), ",= ")).append('=');
            before = ",";
            lines.append(
                    switch (field.getValue()) {
                        case Long number -> number + "i";
                        case BigInteger number -> number + "u";
                        case String text ->
                                '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
                        default -> field.getValue().toString();
                    });
        }
        lines.append(' ').append(time).append('\n');
        // the later value of a field counts
        points.computeIfAbsent(key(measurement, tags, time), key -> new TreeMap<>()).putAll(fields);
    }

    /// What tells points apart, as text.
    static String key(String measurement, SortedMap<String, String> tags, long time) {
        return List.of(measurement, tags, time).toString();
    }

    private static String escaped(String name, String special) {
        var text = new StringBuilder();
        for (char c : name.toCharArray()) {
            text.append(special.indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        return text.toString();
    }

    private List<String> names(List<String> taken, int count) {
        var names = new ArrayList<String>();
        while (names.size() < count) {
            String name = random.nextBoolean() ? NAMES[random.nextInt(NAMES.length)] : name();
            if (!names.contains(name) && !taken.contains(name) && !name.equals("time")) {
                names.add(name);
            }
        }
        return names;
    }

    /// A text that can be a name: not empty, no control character, no backslash at the end.
    private String name() {
        String text = text(false, 1 + random.nextInt(random.nextInt(20) == 0 ? 60 : 5));
        text = text.replace("\t", "");
        return text.isEmpty() || text.endsWith("\\") ? text + "x" : text;
    }

    private String text(boolean controls, int pieces) {
        var text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            String[] from = controls && random.nextInt(3) == 0 ? CONTROLS : PIECES;
            text.append(from[random.nextInt(from.length)]);
        }
        return text.toString();
    }

    private long time() {
        return switch (random.nextInt(8)) {
            case 0 -> TIME_MIN + random.nextInt(3);
            case 1 -> TIME_MAX - random.nextInt(3);
            case 2 -> random.nextInt(3) - 1;
            case 3 -> random.nextLong(TIME_MIN, TIME_MAX);
            default -> 1_767_225_600_000_000_000L + random.nextInt(40) * 1_000_000_000L;
        };
    }

    private Object value(int type) {
        return switch (type) {
            case 0 ->
                    switch (random.nextInt(5)) {
                        case 0 -> Long.MIN_VALUE;
                        case 1 -> Long.MAX_VALUE;
                        case 2 -> 0L;
                        case 3 -> random.nextLong();
                        default -> (long) random.nextInt(100);
                    };
            case 1 -> number();
            case 2 -> random.nextBoolean();
            case 3 ->
                    new BigInteger(
                            Long.toUnsignedString(
                                    switch (random.nextInt(5)) {
                                        case 0 -> -1L;
                                        case 1 -> Long.MIN_VALUE;
                                        case 2 -> random.nextLong();
                                        default -> (long) random.nextInt(100);
                                    }));
            default -> text(true, random.nextInt(5));
        };
    }

    private double number() {
        double number =
                switch (random.nextInt(7)) {
                    case 0 -> -0.0;
                    case 1 -> Double.MIN_VALUE;
                    case 2 -> -Double.MAX_VALUE;
                    case 3 -> random.nextInt(1000) / 10.0;
                    case 4 -> 0.1 + 0.2;
                    case 5 -> 1e23;
                    default -> Double.longBitsToDouble(random.nextLong());
                };
        return Double.isFinite(number) ? number : 1.5;
    }

    List<String> measurements() {
        return measurements;
    }

    /// As line protocol.
    byte[] lines() {
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// The fields of each point, absent ones left out: Long, BigInteger (uint64), Double, Boolean
    /// or String.
    SortedMap<String, SortedMap<String, Object>> points() {
        return points;
    }
}
