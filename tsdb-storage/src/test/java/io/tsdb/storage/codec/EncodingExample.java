package io.tsdb.storage.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.codec.pack.ByteSink;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A column written out: its type, its values, its bytes; as it stands in the format page and in
/// golden files.
///
/// ```
/// column FLOAT64
/// values 21.5 0x7ff8000000000001
/// bytes  06 81 ...
/// ```
///
/// A float64 whose text would not give its bits back is written as them. Strings stand in double
/// quotes. Values and bytes may go on over several lines.
record EncodingExample(ColumnType type, long[] values, byte[] bytes) {
    private static final Pattern EXAMPLE =
            Pattern.compile(
                    "column (\\w+)\\s+values\\s+(.*?)\\s+bytes\\s+([0-9a-f\\s]+?)(?=\n\n"
                            + "|```|\n"
                            + "?\\z)",
                    Pattern.DOTALL);

    /// Types of columns as the codec tells them apart; BOOL is INT64.
    enum ColumnType {
        TIME,
        INT64,
        FLOAT64,
        STRING;

        byte[] encode(ColumnEncoder encoder, long[] values, int hint) {
            ByteSink sink = new ByteSink();
            int count = values.length;
            switch (this) {
                case TIME -> encoder.encodeTimes(values, count, sink);
                case INT64 -> encoder.encodeLongs(values, count, sink);
                case FLOAT64 -> encoder.encodeDoubles(values, count, hint, sink);
                case STRING -> {
                    var heap = new ByteArrayOutputStream();
                    long[] refs = new long[count];
                    for (int i = 0; i < count; i++) {
                        byte[] text = string(values[i]).getBytes(UTF_8);
                        refs[i] = ((long) heap.size() << 32) | text.length;
                        heap.writeBytes(text);
                    }
                    encoder.encodeStrings(heap.toByteArray(), refs, count, sink);
                }
            }
            return sink.toByteArray();
        }

        long[] decode(byte[] bytes, int from, int to, int count) {
            long[] values = new long[count];
            switch (this) {
                case TIME -> ColumnDecoder.decodeTimes(bytes, from, to, count, values);
                case INT64 -> ColumnDecoder.decodeLongs(bytes, from, to, count, values);
                case FLOAT64 -> ColumnDecoder.decodeDoubleBits(bytes, from, to, count, values);
                case STRING -> {
                    int[] ids = new int[count];
                    ColumnDecoder.decodeStringIds(bytes, from, to, count, ids);
                    byte[][] dictionary = ColumnDecoder.decodeDictionary(bytes, from, to, count);
                    for (int i = 0; i < count; i++) {
                        values[i] = number(new String(dictionary[ids[i]], UTF_8));
                    }
                }
            }
            return values;
        }
    }

    /// Strings stand for numbers here, so that every column can be one of strings too.
    static String string(long value) {
        return value == 0 ? "" : Long.toHexString(value);
    }

    static long number(String string) {
        try {
            return string.isEmpty() ? 0 : Long.parseUnsignedLong(string, 16);
        } catch (NumberFormatException e) {
            return -1; // of a damaged column
        }
    }

    static EncodingExample of(ColumnType type, long[] values) {
        return new EncodingExample(type, values, type.encode(new ColumnEncoder(), values, -1));
    }

    static List<EncodingExample> parseAll(String text) {
        var examples = new ArrayList<EncodingExample>();
        Matcher matcher = EXAMPLE.matcher(text);
        while (matcher.find()) {
            ColumnType type = ColumnType.valueOf(matcher.group(1));
            long[] values =
                    Arrays.stream(matcher.group(2).split("\\s+"))
                            .mapToLong(token -> parse(type, token))
                            .toArray();
            byte[] bytes = HexFormat.of().parseHex(matcher.group(3).replaceAll("\\s", ""));
            examples.add(new EncodingExample(type, values, bytes));
        }
        return examples;
    }

    String format() {
        var text = new StringBuilder("column " + type + "\nvalues");
        for (int i = 0; i < values.length; i++) {
            text.append(i > 0 && i % 16 == 0 ? "\n       " : " ").append(format(values[i]));
        }
        text.append("\nbytes ");
        for (int i = 0; i < bytes.length; i++) {
            text.append(i > 0 && i % 32 == 0 ? "\n       " : " ")
                    .append(HexFormat.of().toHexDigits(bytes[i]));
        }
        return text.append("\n").toString();
    }

    EncodingId encoding() {
        return Arrays.stream(EncodingId.values())
                .filter(id -> id.number() == bytes[0])
                .findFirst()
                .orElseThrow();
    }

    private String format(long value) {
        return switch (type) {
            case TIME, INT64 -> Long.toString(value);
            case STRING -> '"' + string(value) + '"';
            case FLOAT64 -> {
                double number = Double.longBitsToDouble(value);
                yield Double.isNaN(number) ? "0x" + Long.toHexString(value) : "" + number;
            }
        };
    }

    private static long parse(ColumnType type, String token) {
        return switch (type) {
            case TIME, INT64 -> Long.parseLong(token);
            case STRING -> number(token.substring(1, token.length() - 1));
            case FLOAT64 ->
                    token.startsWith("0x")
                            ? Long.parseUnsignedLong(token.substring(2), 16)
                            : Double.doubleToRawLongBits(Double.parseDouble(token));
        };
    }
}
