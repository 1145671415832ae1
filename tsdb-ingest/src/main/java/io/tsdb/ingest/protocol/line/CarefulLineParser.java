package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.ParsedPoint;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.LineError.Kind;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.NameRule;

/// Reads one line byte by byte, with every rule of the grammar: the reference for [FastLineParser].
/// Only syntax; types and names are checked by [io.tsdb.ingest.batch.BatchBuilder].
///
/// One thread.
final class CarefulLineParser {
    /// `time` as bytes: no field or tag may have this name.
    private static final int TIME_LENGTH = 4;

    private final ValueParser values = new ValueParser();
    private byte[] line = {};
    private int at;
    private int to;
    private ParsedPoint point = new ParsedPoint();
    private DecodeLimits limits = DecodeLimits.DEFAULT;
    private int strippedTimeFields;

    /// Fields named `time` that the latest line had.
    int strippedTimeFields() {
        return strippedTimeFields;
    }

    /// Whether a line says nothing: it is blank or a comment.
    ///
    /// @throws LineRefusedException when a comment holds control characters
    static boolean isVoid(byte[] source, int from, int to) throws LineRefusedException {
        int at = from;
        while (at < to && source[at] == ' ') {
            at++;
        }
        if (at == to) {
            return true;
        }
        if (source[at] != '#') {
            return false;
        }
        for (; at < to; at++) {
            if (NameText.isControl(source[at]) && source[at] != '\t') {
                throw new LineRefusedException(Kind.SYNTAX, at, "control character in a comment");
            }
        }
        return true;
    }

    /// @param source a line that is not void in `[from, to)`, without its end
    /// @param serverTime for a line without timestamp
    /// @param target receives the point, with its tags sorted
    /// @throws LineRefusedException when it is no line; `target` is then undefined
    void parse(
            byte[] source,
            int from,
            int to,
            Precision precision,
            long serverTime,
            DecodeLimits limits,
            ParsedPoint target)
            throws LineRefusedException {
        this.line = source;
        this.at = from;
        this.to = to;
        this.point = target;
        this.limits = limits;
        this.strippedTimeFields = 0;
        target.clear();
        skipSpaces();
        series();
        skipSpaces();
        fields();
        target.setTime(time(precision, serverTime));
    }

    private void series() throws LineRefusedException {
        int start = at;
        name(NameText.MEASUREMENT);
        if (at == start) {
            throw refused(Kind.SYNTAX, at, "missing measurement name, got " + found());
        }
        checkLength(NameRule.MEASUREMENT, start, 0);
        point.setMeasurement();
        while (at < to && line[at] == ',') {
            at++;
            tag();
        }
        if (at == to) {
            throw refused(Kind.SYNTAX, at, "missing fields");
        }
        if (line[at] != ' ') {
            throw refused(
                    Kind.SYNTAX, at, "expected tag or space before the fields, got " + found());
        }
        point.setSeries(start, at);
        int duplicate = point.sortTags();
        if (duplicate >= 0) {
            throw refused(
                    Kind.SYNTAX, start, "duplicate tag key '" + point.tagKey(duplicate) + "'");
        }
    }

    private void tag() throws LineRefusedException {
        int start = at;
        int keyFrom = point.textSize();
        name(NameText.KEY);
        int keyTo = point.textSize();
        if (at == start) {
            throw refused(Kind.SYNTAX, at, "missing tag key, got " + found());
        }
        checkLength(NameRule.TAG_KEY, start, keyFrom);
        if (at == to || line[at] != '=') {
            throw refused(
                    Kind.SYNTAX,
                    at,
                    "expected '=' after tag key " + shown(start) + ", got " + found());
        }
        if (isTime(keyFrom, keyTo)) {
            throw refused(Kind.RESERVED_NAME, start, "a tag cannot be named 'time'");
        }
        if (point.tagCount() == limits.tagsMax()) {
            throw refused(Kind.LIMIT, start, "more than " + limits.tagsMax() + " tags");
        }
        at++;
        int valueStart = at;
        int valueFrom = point.textSize();
        name(NameText.KEY);
        if (at == valueStart) {
            throw refused(Kind.SYNTAX, at, "missing value of tag " + shown(start, valueStart - 1));
        }
        point.addTag(keyFrom, keyTo, valueFrom, point.textSize());
    }

    private void fields() throws LineRefusedException {
        int first = at;
        field();
        while (at < to && line[at] == ',') {
            at++;
            field();
        }
        if (at < to && line[at] != ' ') {
            throw refused(Kind.SYNTAX, at, "expected ',' or space after a field, got " + found());
        }
        if (point.fieldCount() == 0) {
            throw refused(
                    Kind.RESERVED_NAME,
                    first,
                    "input field \"time\" on measurement \""
                            + point.measurement()
                            + "\" is invalid: the point has no other field");
        }
    }

    private void field() throws LineRefusedException {
        int start = at;
        int nameFrom = point.textSize();
        name(NameText.KEY);
        int nameTo = point.textSize();
        if (at == start) {
            throw refused(Kind.SYNTAX, at, "missing field key, got " + found());
        }
        checkLength(NameRule.FIELD, start, nameFrom);
        if (at == to || line[at] != '=') {
            throw refused(
                    Kind.SYNTAX,
                    at,
                    "expected '=' after field key " + shown(start) + ", got " + found());
        }
        at++;
        int rawTo = at;
        at = values.parse(line, at, to, point);
        if (isTime(nameFrom, nameTo)) {
            strippedTimeFields++;
            return;
        }
        if (point.fieldCount() == limits.fieldsMax()) {
            throw refused(Kind.LIMIT, start, "more than " + limits.fieldsMax() + " fields");
        }
        point.addField(
                nameFrom,
                nameTo,
                start,
                rawTo,
                values.type(),
                values.bits(),
                values.type() == FieldType.FLOAT64 ? values.decimals() : 0);
    }

    private long time(Precision precision, long serverTime) throws LineRefusedException {
        skipSpaces();
        if (at == to) {
            return serverTime;
        }
        int start = at;
        while (at < to && line[at] != ' ') {
            at++;
        }
        int end = at;
        skipSpaces();
        if (at < to) {
            throw refused(Kind.SYNTAX, at, "unexpected text after the timestamp: " + shown(at, to));
        }
        return values.timestamp(line, start, end, precision);
    }

    private void name(NameText kind) throws LineRefusedException {
        at = kind.read(line, at, to, point);
    }

    /// Of [NameRule] all but the length is in the grammar.
    private void checkLength(NameRule rule, int start, int textFrom) throws LineRefusedException {
        int bytes = point.textSize() - textFrom;
        if (bytes > rule.bytesMax()) {
            throw refused(Kind.LIMIT, start, rule.tooLong(bytes));
        }
    }

    private void skipSpaces() {
        while (at < to && line[at] == ' ') {
            at++;
        }
    }

    private boolean isTime(int from, int nameTo) {
        byte[] text = point.text();
        return nameTo - from == TIME_LENGTH
                && text[from] == 't'
                && text[from + 1] == 'i'
                && text[from + 2] == 'm'
                && text[from + 3] == 'e';
    }

    private String found() {
        return at == to ? "the end of the line" : shown(at, at + 1);
    }

    private String shown(int from) {
        return shown(from, at);
    }

    private String shown(int from, int end) {
        return LineText.quoted(line, from, end);
    }

    private static LineRefusedException refused(Kind kind, int position, String message) {
        return new LineRefusedException(kind, position, message);
    }
}
