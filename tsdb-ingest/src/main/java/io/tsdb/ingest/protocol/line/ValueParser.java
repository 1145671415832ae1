package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.ParsedPoint;
import io.tsdb.ingest.protocol.LineError.Kind;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.FieldType;

/// Reads field values and timestamps. Results lie in fields until the next call. One thread.
final class ValueParser {
    private final NumberParser numbers = new NumberParser();
    private FieldType type = FieldType.INT64;
    private long bits;
    private int decimals;

    FieldType type() {
        return type;
    }

    /// See [io.tsdb.storage.model.FieldType]; for a string `(from << 32) | length` in the point's
    /// text.
    long bits() {
        return bits;
    }

    /// Decimal places of a float64.
    int decimals() {
        return decimals;
    }

    /// @param target receives the characters of a string
    /// @return where the value ends
    int parse(byte[] source, int from, int to, ParsedPoint target) throws LineRefusedException {
        if (from == to) {
            throw refused(Kind.SYNTAX, from, "missing field value, got the end of the line");
        }
        byte first = source[from];
        if (first == '"') {
            return string(source, from, to, target);
        }
        int end = from;
        while (end < to && source[end] != ',' && source[end] != ' ' && source[end] != '\r') {
            end++;
        }
        if (end == from) {
            throw refused(
                    Kind.SYNTAX,
                    from,
                    "missing field value, got " + LineText.quoted(source, from, from + 1));
        }
        switch (first) {
            case 't', 'T', 'f', 'F' -> bool(source, from, end);
            case '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
                    number(source, from, end);
            default ->
                    throw refused(
                            Kind.SYNTAX,
                            from,
                            "a field value is a number, a bool or a string in quotes, got "
                                    + LineText.quoted(source, from, end));
        }
        return end;
    }

    /// @return nanoseconds since the epoch
    long timestamp(byte[] source, int from, int to, Precision precision)
            throws LineRefusedException {
        Precision unit = suffixUnit(source[to - 1]);
        boolean hasUnit = unit != Precision.AUTO;
        return switch (numbers.parseLong(source, from, hasUnit ? to - 1 : to)) {
            case OK -> nanos(source, from, to, numbers.longValue(), hasUnit ? unit : precision);
            case NOT_A_NUMBER ->
                    throw refused(
                            Kind.SYNTAX,
                            from,
                            "invalid timestamp " + LineText.quoted(source, from, to));
            case OUT_OF_RANGE -> throw timeOutOfRange(source, from, to);
        };
    }

    private void bool(byte[] source, int from, int to) throws LineRefusedException {
        int value = BoolText.parse(source, from, to);
        if (value == BoolText.NOT_A_BOOL) {
            throw refused(Kind.SYNTAX, from, "invalid bool " + LineText.quoted(source, from, to));
        }
        type = FieldType.BOOL;
        bits = value;
    }

    private void number(byte[] source, int from, int to) throws LineRefusedException {
        byte last = source[to - 1];
        switch (last) {
            case 'i' -> integer(source, from, to);
            case 'u' -> unsigned(source, from, to);
            case 't', 'n', 'm' -> time(source, from, to);
            default -> decimal(source, from, to);
        }
    }

    private void integer(byte[] source, int from, int to) throws LineRefusedException {
        check(numbers.parseLong(source, from, to - 1), "integer", source, from, to);
        type = FieldType.INT64;
        bits = numbers.longValue();
    }

    private void unsigned(byte[] source, int from, int to) throws LineRefusedException {
        check(numbers.parseUnsigned(source, from, to - 1), "unsigned integer", source, from, to);
        type = FieldType.UINT64;
        bits = numbers.longValue();
    }

    private void decimal(byte[] source, int from, int to) throws LineRefusedException {
        check(numbers.parseDouble(source, from, to), "number", source, from, to);
        type = FieldType.FLOAT64;
        bits = Double.doubleToRawLongBits(numbers.doubleValue());
        decimals = numbers.decimals();
    }

    /// A time as a field value (QuestDB's extension): `123t` microseconds, `123n` nanoseconds,
    /// `123m` milliseconds; kept as int64 nanoseconds.
    private void time(byte[] source, int from, int to) throws LineRefusedException {
        check(numbers.parseLong(source, from, to - 1), "time", source, from, to);
        type = FieldType.INT64;
        bits = nanos(source, from, to, numbers.longValue(), suffixUnit(source[to - 1]));
    }

    /// The unit of a time that carries one, or AUTO for none.
    private static Precision suffixUnit(byte last) {
        return switch (last) {
            case 'n' -> Precision.NS;
            case 't' -> Precision.US;
            case 'm' -> Precision.MS;
            default -> Precision.AUTO;
        };
    }

    private static long nanos(byte[] source, int from, int to, long timestamp, Precision unit)
            throws LineRefusedException {
        long nanos = unit.toNanos(timestamp);
        if (nanos == Precision.OUT_OF_RANGE) {
            throw timeOutOfRange(source, from, to);
        }
        return nanos;
    }

    private static void check(
            NumberParser.Outcome outcome, String what, byte[] source, int from, int to)
            throws LineRefusedException {
        switch (outcome) {
            case OK -> {
                // The number is in the parser.
            }
            case NOT_A_NUMBER ->
                    throw refused(
                            Kind.SYNTAX,
                            from,
                            "invalid " + what + " " + LineText.quoted(source, from, to));
            case OUT_OF_RANGE ->
                    throw refused(
                            Kind.VALUE_RANGE,
                            from,
                            what + " out of range: " + LineText.quoted(source, from, to));
        }
    }

    private int string(byte[] source, int from, int to, ParsedPoint target)
            throws LineRefusedException {
        int textFrom = target.textSize();
        boolean ascii = true;
        int at = from + 1;
        while (at < to && source[at] != '"') {
            byte c = source[at];
            if (c == '\\' && at + 1 < to && isEscaped(source[at + 1])) {
                at++;
                c = source[at];
            }
            ascii &= c >= 0;
            target.append(c);
            at++;
        }
        if (at == to) {
            throw refused(Kind.SYNTAX, from, "missing closing quote of a string");
        }
        if (!ascii && !Utf8.isValid(target.text(), textFrom, target.textSize())) {
            throw refused(
                    Kind.SYNTAX, from, "string is not UTF-8: " + LineText.quoted(source, from, at));
        }
        type = FieldType.STRING;
        bits = ((long) textFrom << 32) | target.textSize() - textFrom;
        return at + 1;
    }

    /// What a backslash makes literal in a string. QuestDB's clients write one before line ends.
    private static boolean isEscaped(byte c) {
        return c == '"' || c == '\\' || c == '\n' || c == '\r';
    }

    private static LineRefusedException timeOutOfRange(byte[] source, int from, int to) {
        return refused(
                Kind.TIMESTAMP_RANGE,
                from,
                "timestamp out of range: " + LineText.quoted(source, from, to));
    }

    private static LineRefusedException refused(Kind kind, int position, String message) {
        return new LineRefusedException(kind, position, message);
    }
}
