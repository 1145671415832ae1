package io.tsdb.loadgen.workload;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A growing byte array that lines are written into. The writer asks for room once per line; the
/// put methods do not check.
public final class LineBuffer {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    byte[] bytes;
    int size;
    private int lines;
    private long values;

    public LineBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return size;
    }

    public int lines() {
        return lines;
    }

    /// Field values in the buffer.
    public long values() {
        return values;
    }

    public void clear() {
        size = 0;
        lines = 0;
        values = 0;
    }

    /// Takes a whole line, with its newline.
    public void appendLine(byte[] line, int from, int length, int valueCount) {
        reserve(length);
        System.arraycopy(line, from, bytes, size, length);
        size += length;
        lineWritten(valueCount);
    }

    /// Takes ready lines in place of what it holds.
    public void set(MemorySegment source, long from, int length, int lineCount, long valueCount) {
        clear();
        reserve(length);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, bytes, 0, length);
        size = length;
        lines = lineCount;
        values = valueCount;
    }

    /// Takes the lines of another buffer in place of what it holds.
    public void set(LineBuffer other) {
        clear();
        append(other);
    }

    void append(LineBuffer other) {
        reserve(other.size);
        System.arraycopy(other.bytes, 0, bytes, size, other.size);
        size += other.size;
        lines += other.lines;
        values += other.values;
    }

    void lineWritten(int valueCount) {
        lines++;
        values += valueCount;
    }

    void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    void put(int b) {
        bytes[size++] = (byte) b;
    }

    void put(byte[] source, int from, int length) {
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    /// Writes 32 bytes of which `length` count; the rest is overwritten by what follows (the
    /// reserve covers it).
    void put32(byte[] source, int from, int length) {
        byte[] target = bytes;
        int at = size;
        LONG.set(target, at, (long) LONG.get(source, from));
        LONG.set(target, at + 8, (long) LONG.get(source, from + 8));
        LONG.set(target, at + 16, (long) LONG.get(source, from + 16));
        LONG.set(target, at + 24, (long) LONG.get(source, from + 24));
        size = at + length;
    }

    void putLong(long value) {
        if (value < 0) {
            put('-');
            // Long.MIN_VALUE does not occur: values stay within the bounds of their FieldSpec.
            value = -value;
        }
        int length = digits(value);
        int at = size + length;
        size = at;
        do {
            long rest = value / 10;
            bytes[--at] = (byte) ('0' + (value - rest * 10));
            value = rest;
        } while (value != 0);
    }

    /// `mantissa / 10^decimals` with all its decimals; a plain number when there are none.
    void putDecimal(long mantissa, int decimals, long power) {
        if (decimals == 0) {
            putLong(mantissa);
            return;
        }
        if (mantissa < 0) {
            put('-');
            mantissa = -mantissa;
        }
        long whole = mantissa / power;
        putLong(whole);
        put('.');
        long fraction = mantissa - whole * power;
        for (int at = size + decimals - 1; at >= size; at--) {
            long rest = fraction / 10;
            bytes[at] = (byte) ('0' + (fraction - rest * 10));
            fraction = rest;
        }
        size += decimals;
    }

    private static int digits(long value) {
        int count = 1;
        for (long bound = 10; count < 19 && value >= bound; bound *= 10) {
            count++;
        }
        return count;
    }
}
