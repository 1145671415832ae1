package io.tsdb.query.result;

import io.tsdb.storage.model.Uint64;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing byte buffer that numbers and times are written into as text.
///
/// The `put` methods for values need room made before by [#reserve]; this keeps the check out of
/// the loop over a row.
final class TextBuffer {
    /// Most bytes that any one number or time takes.
    static final int VALUE_BYTES_MAX = 40;

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final short[] TWO_DIGITS = new short[100];
    private static final long[] POWERS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};
    private static final double SCALED_MAX = 1e15;
    private static final long MILLION = 1_000_000;

    /// Powers of ten that a long holds, for the number of its digits.
    private static final long[] TENS = new long[19];

    static {
        for (int i = 0; i < 100; i++) {
            TWO_DIGITS[i] = (short) (('0' + i / 10) | ('0' + i % 10) << 8);
        }
        TENS[0] = 1;
        for (int i = 1; i < TENS.length; i++) {
            TENS[i] = 10 * TENS[i - 1];
        }
    }

    private byte[] bytes;
    private int size;

    TextBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    void put(int ascii) {
        bytes[size++] = (byte) ascii;
    }

    /// Appends bytes; makes room itself.
    void append(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }

    /// Appends bytes that there is room for.
    void put(byte[] text, int length) {
        System.arraycopy(text, 0, bytes, size, length);
        size += length;
    }

    /// Appends text; makes room itself.
    void append(String text) {
        append(text.getBytes(StandardCharsets.UTF_8));
    }

    void putLong(long value) {
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                append("-9223372036854775808");
                return;
            }
            put('-');
            value = -value;
        }
        int digits = digits(value);
        int at = size + digits;
        size = at;
        while (value >= 100) {
            long rest = value / 100;
            at -= 2;
            SHORT.set(bytes, at, TWO_DIGITS[(int) (value - rest * 100)]);
            value = rest;
        }
        if (value >= 10) {
            SHORT.set(bytes, at - 2, TWO_DIGITS[(int) value]);
        } else {
            bytes[at - 1] = (byte) ('0' + value);
        }
    }

    /// A number as [Uint64] has it.
    void putUnsigned(long folded) {
        long bits = Uint64.fold(folded);
        if (bits >= 0) {
            putLong(bits);
        } else {
            long tens = Long.divideUnsigned(bits, 10);
            putLong(tens);
            put((char) ('0' + (bits - tens * 10)));
        }
    }

    /// The shortest decimal that reads back as the same double; always with a point or an exponent.
    ///
    /// Values of up to six decimal places take a way without objects; the rest goes through
    /// `Double.toString`.
    void putDouble(double value) {
        if (value == 0) {
            if (1 / value < 0) {
                put('-');
            }
            put('0');
            put('.');
            put('0');
            return;
        }
        double magnitude = Math.abs(value);
        if (magnitude < SCALED_MAX / MILLION && magnitude >= 1e-3) {
            long whole = (long) (magnitude * MILLION + 0.5);
            if ((double) whole / MILLION == magnitude) {
                int places = POWERS.length - 1;
                for (long tenth = whole / 10; places > 1 && tenth * 10 == whole; tenth /= 10) {
                    whole = tenth;
                    places--;
                }
                putScaled(value < 0, whole, places);
                return;
            }
        }
        reserve(VALUE_BYTES_MAX);
        String text = Double.toString(value);
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    private void putScaled(boolean negative, long whole, int places) {
        if (negative) {
            put('-');
        }
        long power = POWERS[places];
        putLong(whole / power);
        put('.');
        putPadded(whole % power, places);
    }

    /// Exactly `width` digits with leading zeros.
    void putPadded(long value, int width) {
        for (int at = size + width - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + value % 10);
            value /= 10;
        }
        size += width;
    }

    void putTwo(int value) {
        SHORT.set(bytes, size, TWO_DIGITS[value]);
        size += 2;
    }

    /// @param value not negative
    private static int digits(long value) {
        // log10 of the power of two above, which is right or one too few
        int about = (Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233 >>> 12;
        return (value | 1) >= TENS[about] ? about + 1 : about;
    }
}
