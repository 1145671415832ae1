package io.tsdb.ingest.batch;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One point between a protocol's careful path and the batch: names and values without escapes, in
/// arrays that are used again for the next point.
///
/// Text of names and strings lies in [#text()]; spans are `[from, to)` there. Raw spans lie in the
/// line as it was sent. One thread.
public final class ParsedPoint {
    /// So many tags or fields are compared one with another.
    private static final int FEW = 16;

    private byte[] text = new byte[1024];
    private int textSize;

    private int measurementTo;
    private int seriesFrom;
    private int seriesTo;

    // per tag: key from, key to, value from, value to
    private int[] tags = new int[4 * 16];
    private int tagCount;

    // per field: name from, name to, raw name from, raw name to (behind the '=')
    private int[] fields = new int[4 * 16];
    private FieldType[] types = new FieldType[16];
    private long[] bits = new long[16];
    private int[] decimals = new int[16];
    private int fieldCount;

    private long timeNanos;

    // scratch for lines of many tags or fields
    private int[] merged = {};
    private int[] nameSlots = {};
    private int[] firsts = {};
    private int firstsOf;

    public void clear() {
        firstsOf = 0;
        textSize = 0;
        measurementTo = 0;
        tagCount = 0;
        fieldCount = 0;
    }

    public byte[] text() {
        return text;
    }

    public int textSize() {
        return textSize;
    }

    public void append(byte character) {
        if (textSize == text.length) {
            text = Arrays.copyOf(text, 2 * textSize);
        }
        text[textSize++] = character;
    }

    /// The text so far is the measurement.
    public void setMeasurement() {
        measurementTo = textSize;
    }

    /// Where `measurement,tags` lie in the line.
    public void setSeries(int rawFrom, int rawTo) {
        seriesFrom = rawFrom;
        seriesTo = rawTo;
    }

    /// @param timeNanos nanoseconds since the epoch
    public void setTime(long timeNanos) {
        this.timeNanos = timeNanos;
    }

    public void addTag(int keyFrom, int keyTo, int valueFrom, int valueTo) {
        int at = 4 * tagCount;
        if (at == tags.length) {
            tags = Arrays.copyOf(tags, 2 * at);
        }
        tags[at] = keyFrom;
        tags[at + 1] = keyTo;
        tags[at + 2] = valueFrom;
        tags[at + 3] = valueTo;
        tagCount++;
    }

    /// @param rawFrom name and `=` in the line
    /// @param value bits of the value (see [FieldType]); for a string `(from << 32) | length` in
    ///   [#text()]
    /// @param decimalPlaces of a float64, see [io.tsdb.storage.model.FieldColumn#putDouble]
    public void addField(
            int nameFrom,
            int nameTo,
            int rawFrom,
            int rawTo,
            FieldType type,
            long value,
            int decimalPlaces) {
        int index = fieldCount;
        if (index == types.length) {
            fields = Arrays.copyOf(fields, 8 * index);
            types = Arrays.copyOf(types, 2 * index);
            bits = Arrays.copyOf(bits, 2 * index);
            decimals = Arrays.copyOf(decimals, 2 * index);
        }
        int at = 4 * index;
        fields[at] = nameFrom;
        fields[at + 1] = nameTo;
        fields[at + 2] = rawFrom;
        fields[at + 3] = rawTo;
        types[index] = type;
        bits[index] = value;
        decimals[index] = decimalPlaces;
        fieldCount++;
    }

    /// Replaces a field's value, for instance by a wider type.
    void setField(int field, FieldType type, long value, int decimalPlaces) {
        types[field] = type;
        bits[field] = value;
        decimals[field] = decimalPlaces;
    }

    public String measurement() {
        return utf8(0, measurementTo);
    }

    int measurementBytes() {
        return measurementTo;
    }

    int seriesFrom() {
        return seriesFrom;
    }

    int seriesTo() {
        return seriesTo;
    }

    public int tagCount() {
        return tagCount;
    }

    public String tagKey(int tag) {
        return utf8(tags[4 * tag], tags[4 * tag + 1]);
    }

    int tagKeyFrom(int tag) {
        return tags[4 * tag];
    }

    int tagKeyTo(int tag) {
        return tags[4 * tag + 1];
    }

    int tagValueFrom(int tag) {
        return tags[4 * tag + 2];
    }

    int tagValueTo(int tag) {
        return tags[4 * tag + 3];
    }

    /// Puts the tags in the order of the bytes of their keys.
    ///
    /// @return a tag whose key another one has too, or -1
    public int sortTags() {
        if (tagCount <= FEW) {
            insertTags();
        } else {
            mergeTags();
        }
        for (int i = 1; i < tagCount; i++) {
            if (compareTagKeys(i - 1, i) == 0) {
                return i;
            }
        }
        return -1;
    }

    /// Insertion sort: clients send few tags, mostly sorted.
    private void insertTags() {
        for (int i = 1; i < tagCount; i++) {
            for (int j = i; j > 0 && compareTagKeys(j - 1, j) > 0; j--) {
                swapTags(j - 1, j);
            }
        }
    }

    /// Merge sort: a line of many tags must not cost the square of their number.
    private void mergeTags() {
        if (merged.length < 4 * tagCount) {
            merged = new int[tags.length];
        }
        for (int width = 1; width < tagCount; width *= 2) {
            for (int from = 0; from < tagCount; from += 2 * width) {
                int middle = Math.min(from + width, tagCount);
                mergeTags(from, middle, Math.min(from + 2 * width, tagCount));
            }
            int[] sorted = merged;
            merged = tags;
            tags = sorted;
        }
    }

    private void mergeTags(int from, int middle, int to) {
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takesLeft = right == to || left < middle && compareTagKeys(left, right) <= 0;
            System.arraycopy(tags, 4 * (takesLeft ? left++ : right++), merged, 4 * at, 4);
        }
    }

    private int compareTagKeys(int left, int right) {
        return Arrays.compareUnsigned(
                text, tagKeyFrom(left), tagKeyTo(left), text, tagKeyFrom(right), tagKeyTo(right));
    }

    private void swapTags(int left, int right) {
        for (int i = 0; i < 4; i++) {
            int kept = tags[4 * left + i];
            tags[4 * left + i] = tags[4 * right + i];
            tags[4 * right + i] = kept;
        }
    }

    /// The first field with the name of this one; itself when none before it has it. Linear for all
    /// fields together.
    int firstOfSameName(int field) {
        if (fieldCount <= FEW) {
            for (int i = 0; i < field; i++) {
                if (hasSameName(i, field)) {
                    return i;
                }
            }
            return field;
        }
        if (firstsOf != fieldCount) {
            findFirsts();
        }
        return firsts[field];
    }

    private void findFirsts() {
        int slots = Integer.highestOneBit(fieldCount) << 2;
        if (nameSlots.length < slots) {
            nameSlots = new int[slots];
        } else {
            Arrays.fill(nameSlots, 0);
        }
        if (firsts.length < fieldCount) {
            firsts = new int[types.length];
        }
        int mask = nameSlots.length - 1;
        for (int field = 0; field < fieldCount; field++) {
            int at = nameHash(field) & mask;
            while (nameSlots[at] != 0 && !hasSameName(nameSlots[at] - 1, field)) {
                at = at + 1 & mask;
            }
            if (nameSlots[at] == 0) {
                nameSlots[at] = field + 1;
            }
            firsts[field] = nameSlots[at] - 1;
        }
        firstsOf = fieldCount;
    }

    private int nameHash(int field) {
        long hash = SeriesKey.hash(text, fields[4 * field], fields[4 * field + 1]);
        return (int) (hash ^ hash >>> 32);
    }

    public int fieldCount() {
        return fieldCount;
    }

    public String fieldName(int field) {
        return utf8(fields[4 * field], fields[4 * field + 1]);
    }

    /// Where the field starts in the line.
    public int fieldRawFrom(int field) {
        return fields[4 * field + 2];
    }

    int fieldRawTo(int field) {
        return fields[4 * field + 3];
    }

    public FieldType fieldType(int field) {
        return types[field];
    }

    long fieldBits(int field) {
        return bits[field];
    }

    int fieldDecimals(int field) {
        return decimals[field];
    }

    boolean hasSameName(int left, int right) {
        return Arrays.equals(
                text,
                fields[4 * left],
                fields[4 * left + 1],
                text,
                fields[4 * right],
                fields[4 * right + 1]);
    }

    /// Whether a tag has the name of a field; by halves, since tags are sorted.
    boolean isTagKey(int field) {
        int from = 0;
        int to = tagCount - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            int order =
                    Arrays.compareUnsigned(
                            text,
                            tagKeyFrom(middle),
                            tagKeyTo(middle),
                            text,
                            fields[4 * field],
                            fields[4 * field + 1]);
            if (order == 0) {
                return true;
            } else if (order < 0) {
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return false;
    }

    public long timeNanos() {
        return timeNanos;
    }

    private String utf8(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }
}
