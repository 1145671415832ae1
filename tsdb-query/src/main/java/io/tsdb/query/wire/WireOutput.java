package io.tsdb.query.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Bytes that grow. Numbers in them are little-endian.
final class WireOutput {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int size;

    WireOutput(int capacity) {
        bytes = new byte[capacity];
    }

    /// What stands at the begin of all.
    static WireOutput of(int kind, int capacity) {
        var out = new WireOutput(capacity);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.raw(WireLayout.MAGIC >>> shift);
        }
        out.raw(WireLayout.VERSION);
        out.raw(kind);
        return out;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }

    void raw(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    void flag(boolean value) {
        raw(value ? 1 : 0);
    }

    /// Seven bits a byte, the lowest first; not negative.
    void count(long value) {
        ensure(10);
        long rest = value;
        while (rest > 0x7F) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void fixed(long value) {
        ensure(Long.BYTES);
        LONG.set(bytes, size, value);
        size += Long.BYTES;
    }

    void fixed(long[] values, int from, int count) {
        ensure(count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            LONG.set(bytes, size + i * Long.BYTES, values[from + i]);
        }
        size += count * Long.BYTES;
    }

    void fixed(double[] values, int count) {
        ensure(count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            LONG.set(bytes, size + i * Long.BYTES, Double.doubleToRawLongBits(values[i]));
        }
        size += count * Long.BYTES;
    }

    /// Lossless for any chars: a byte each where all are Latin-1, else two.
    void text(String text) {
        boolean isWide = false;
        for (int i = 0; i < text.length(); i++) {
            isWide |= text.charAt(i) > 0xFF;
        }
        count((long) text.length() << 1 | (isWide ? 1 : 0));
        if (isWide) {
            ensure(2 * text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                bytes[size++] = (byte) c;
                bytes[size++] = (byte) (c >>> 8);
            }
        } else {
            byte[] narrow = text.getBytes(StandardCharsets.ISO_8859_1);
            ensure(narrow.length);
            System.arraycopy(narrow, 0, bytes, size, narrow.length);
            size += narrow.length;
        }
    }

    <T> void list(List<? extends T> all, Consumer<T> write) {
        count(all.size());
        all.forEach(write);
    }
}
