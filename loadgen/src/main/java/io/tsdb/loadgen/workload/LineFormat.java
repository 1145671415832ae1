package io.tsdb.loadgen.workload;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Turns the values of one measurement's points into the field part of a line, without a String per
/// line.
final class LineFormat {
    private static final int STRIDE = 32;
    private static final int TABLE_MAX = 1024;

    private final List<FieldSpec> fields;
    private final long allFields;
    private final int fieldBytesMax;
    private final FieldSpec.Type[] types;
    private final byte[][] prefixes;
    private final byte[][][] states;
    private final int[] decimals;
    private final long[] powers;
    private final long[] tableLows;

    /// Per field with few values: the texts `,name=value`, 32 bytes apart; else empty.
    private final byte[][] tables;

    private final byte[][] tableLengths;

    LineFormat(MeasurementSpec spec) {
        fields = spec.fields();
        allFields = spec.allFields();
        int count = fields.size();
        types = new FieldSpec.Type[count];
        prefixes = new byte[count][];
        states = new byte[count][][];
        decimals = new int[count];
        powers = new long[count];
        tableLows = new long[count];
        tables = new byte[count][];
        tableLengths = new byte[count][];
        int longest = STRIDE;
        for (int f = 0; f < count; f++) {
            FieldSpec field = fields.get(f);
            types[f] = field.type();
            prefixes[f] = ("," + field.name() + "=").getBytes(StandardCharsets.UTF_8);
            decimals[f] = field.decimals();
            powers[f] = (long) Math.pow(10, field.decimals());
            states[f] = new byte[field.states().size()][];
            for (int s = 0; s < states[f].length; s++) {
                states[f][s] =
                        ("\"" + field.states().get(s) + "\"").getBytes(StandardCharsets.UTF_8);
                longest = Math.max(longest, prefixes[f].length + states[f][s].length);
            }
            longest = Math.max(longest, prefixes[f].length + 24);
            buildTable(f, field);
        }
        fieldBytesMax = longest;
    }

    private void buildTable(int f, FieldSpec field) {
        tables[f] = new byte[0];
        tableLengths[f] = new byte[0];
        long span = field.high() - field.low() + 1;
        if (span > TABLE_MAX) {
            return;
        }
        byte[] table = new byte[(int) span * STRIDE];
        byte[] lengths = new byte[(int) span];
        LineBuffer text = new LineBuffer(fieldBytesMax() + 64 + prefixes[f].length);
        for (int v = 0; v < span; v++) {
            text.clear();
            putSlowly(text, f, field.low() + v);
            if (text.size > STRIDE) {
                return;
            }
            System.arraycopy(text.bytes, 0, table, v * STRIDE, text.size);
            lengths[v] = (byte) text.size;
        }
        tableLows[f] = field.low();
        tables[f] = table;
        tableLengths[f] = lengths;
    }

    private int fieldBytesMax() {
        return Math.max(fieldBytesMax, 128);
    }

    /// Bytes that the fields of one line can take at most, with the slack that [LineBuffer#put32]
    /// needs.
    int lineBytesMax() {
        return fields.size() * fieldBytesMax() + STRIDE;
    }

    /// Writes the present fields; the buffer must have room for [#lineBytesMax].
    ///
    /// @return number of fields written
    int putFields(LineBuffer target, long[] values, long present) {
        int start = target.size;
        for (int f = 0; f < types.length; f++) {
            if ((present >>> f & 1) == 0) {
                continue;
            }
            byte[] lengths = tableLengths[f];
            if (lengths.length != 0) {
                int v = (int) (values[f] - tableLows[f]);
                target.put32(tables[f], v * STRIDE, lengths[v]);
            } else {
                putSlowly(target, f, values[f]);
            }
        }
        // Each field begins with a comma; the first one stands where the space between tags and
        // fields belongs.
        target.bytes[start] = ' ';
        return present == allFields ? types.length : Long.bitCount(present);
    }

    private void putSlowly(LineBuffer target, int f, long value) {
        target.put(prefixes[f], 0, prefixes[f].length);
        switch (types[f]) {
            case INTEGER -> {
                target.putLong(value);
                target.put('i');
            }
            case DECIMAL -> target.putDecimal(value, decimals[f], powers[f]);
            case BOOLEAN -> target.put(value == 0 ? 'f' : 't');
            case STRING -> {
                byte[] text = states[f][(int) value];
                target.put(text, 0, text.length);
            }
        }
    }
}
