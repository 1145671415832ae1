package io.tsdb.storage.schema;

import java.util.Arrays;

/// Some of a measurement's fields, by their index. Immutable, any thread.
public final class FieldSet {
    public static final FieldSet NONE = new FieldSet(new long[0]);

    private final long[] bits;

    private FieldSet(long[] bits) {
        this.bits = bits;
    }

    /// @param indexes of fields, in any order; negative ones stand for no field
    public static FieldSet of(int... indexes) {
        int most = Arrays.stream(indexes).max().orElse(-1);
        if (most < 0) {
            return NONE;
        }
        long[] bits = new long[(most >>> 6) + 1];
        for (int index : indexes) {
            if (index >= 0) {
                bits[index >>> 6] |= 1L << index;
            }
        }
        return new FieldSet(bits);
    }

    /// @param index of a field, not negative
    public boolean contains(int index) {
        return (word(index >>> 6) >>> index & 1) != 0;
    }

    /// Whether all fields that are in `wanted` and in `there` are in this one.
    public boolean coversWithin(FieldSet wanted, FieldSet there) {
        int words = Math.min(wanted.bits.length, there.bits.length);
        for (int word = 0; word < words; word++) {
            if ((wanted.bits[word] & there.bits[word] & ~word(word)) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Whether all fields of the other one are in this one.
    public boolean covers(FieldSet other) {
        return coversWithin(other, other);
    }

    /// The fields of both.
    public FieldSet with(FieldSet other) {
        long[] all = Arrays.copyOf(bits, Math.max(bits.length, other.bits.length));
        for (int word = 0; word < other.bits.length; word++) {
            all[word] |= other.bits[word];
        }
        return new FieldSet(all);
    }

    /// The fields that are not in the other one.
    public FieldSet without(FieldSet other) {
        long[] left = bits.clone();
        for (int word = 0; word < left.length; word++) {
            left[word] &= ~other.word(word);
        }
        return new FieldSet(left);
    }

    private long word(int word) {
        return word < bits.length ? bits[word] : 0;
    }
}
