package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.column.TextOrder;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Values of one type as numbers that [CollectedRows] keeps, sorts and writes: a text as its place
/// in a dictionary. As text, numbers are in base 36, a text is `length:text`.
final class CollectedColumn {
    private static final long NUMBER_LENGTH_MAX = 16;

    private final ColumnType type;
    private final StringDictionary texts;
    private String @Nullable [] sortedTexts;
    private long[] ranks = {};
    private int end;

    CollectedColumn(ColumnType type, MemoryAccount memory) {
        this.type = type;
        this.texts = new StringDictionary(memory);
    }

    ColumnType type() {
        return type;
    }

    /// A row's value, which is there.
    long bits(ColumnVector values, int row) {
        return switch (type) {
            case STRING -> texts.idOf(values.string(row));
            // -0.0 equals 0.0; all NaN are one value
            case FLOAT64 -> Double.doubleToLongBits(values.doubles()[row] + 0.0);
            case INT64, UINT64, TIMESTAMP, BOOL -> values.longs()[row];
        };
    }

    /// Most characters of a value as text.
    long lengthMax(long bits) {
        return NUMBER_LENGTH_MAX + (type == ColumnType.STRING ? texts.get((int) bits).length() : 0);
    }

    void append(long bits, StringBuilder to) {
        if (type == ColumnType.STRING) {
            String value = texts.get((int) bits);
            to.append(value.length()).append(':').append(value);
        } else {
            to.append(Long.toString(bits, Character.MAX_RADIX));
        }
    }

    /// Reads what [#append] wrote; [#end] is behind it then.
    ///
    /// @param closing the sign that stands behind it
    long read(String text, int at, char closing) {
        if (type == ColumnType.STRING) {
            int colon = text.indexOf(':', at);
            end = colon + 1 + Integer.parseInt(text, at, colon, 10);
            return texts.idOf(text.substring(colon + 1, end));
        }
        end = text.indexOf(closing, at);
        return Long.parseLong(text, at, end, Character.MAX_RADIX);
    }

    int end() {
        return end;
    }

    /// Before values are ranked: ranks all texts, which are kept in that order.
    void prepareRanks(MemoryAccount scratch) {
        if (type != ColumnType.STRING) {
            return;
        }
        scratch.reserve(24L * texts.size());
        String[] sorted = Arrays.copyOf(texts.values(), texts.size());
        int[] compared = {0};
        Arrays.sort(
                sorted,
                (a, b) -> {
                    if (++compared[0] % MemoryAccount.LOOK_STEPS == 0) {
                        scratch.look();
                    }
                    return TextOrder.compare(a, b);
                });
        sortedTexts = sorted;
        ranks = new long[texts.size()];
        for (int i = 0; i < sorted.length; i++) {
            ranks[texts.idOf(sorted[i])] = i;
        }
    }

    /// A number that compares as the value does.
    long rank(long bits) {
        return switch (type) {
            case FLOAT64 -> bits ^ bits >> 63 & Long.MAX_VALUE;
            case STRING -> ranks[(int) bits];
            case INT64, UINT64, TIMESTAMP, BOOL -> bits;
        };
    }

    /// The value of a rank: of a text, its place among [#texts].
    long unranked(long rank) {
        return type == ColumnType.FLOAT64 ? rank ^ rank >> 63 & Long.MAX_VALUE : rank;
    }

    /// All texts, in their order when they were ranked.
    String[] texts() {
        return sortedTexts == null ? texts.values() : sortedTexts;
    }
}
