package io.tsdb.query.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/// Reads what [WireOutput] wrote; every length is looked at before it is believed.
final class WireInput {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private int at;
    private int depth;

    WireInput(byte[] bytes, int kind) {
        this.bytes = bytes;
        int magic = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            magic |= raw() << shift;
        }
        if (magic != WireLayout.MAGIC) {
            throw new WireException(0, "this does not begin as a plan or a batch");
        }
        int version = raw();
        if (version != WireLayout.VERSION) {
            throw new WireException(
                    WireLayout.VERSION_OFFSET,
                    "the form has version "
                            + version
                            + ", this node reads version "
                            + WireLayout.VERSION);
        }
        int found = raw();
        if (found != kind) {
            throw new WireException(
                    WireLayout.KIND_OFFSET, "a thing of kind " + kind + " is wanted, not " + found);
        }
    }

    int offset() {
        return at;
    }

    WireException wrong(String what) {
        return new WireException(at, what);
    }

    void requireEnd() {
        if (at != bytes.length) {
            throw wrong((bytes.length - at) + " bytes are left over");
        }
    }

    private void require(long count) {
        if (count > bytes.length - at) {
            throw wrong("it ends " + (count - (bytes.length - at)) + " bytes too early");
        }
    }

    int raw() {
        require(1);
        return bytes[at++] & 0xFF;
    }

    boolean flag() {
        int value = raw();
        if (value > 1) {
            throw wrong(value + " is neither 0 nor 1");
        }
        return value == 1;
    }

    long count() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
            int next = raw();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw wrong("a number has more than 63 bits");
    }

    int smallCount() {
        long value = count();
        if (value > Integer.MAX_VALUE) {
            throw wrong(value + " is too large here");
        }
        return (int) value;
    }

    long fixed() {
        require(Long.BYTES);
        long value = (long) LONG.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    void fixed(long[] target, int count) {
        require((long) count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            target[i] = (long) LONG.get(bytes, at + i * Long.BYTES);
        }
        at += count * Long.BYTES;
    }

    void fixed(double[] target, int count) {
        require((long) count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            target[i] = Double.longBitsToDouble((long) LONG.get(bytes, at + i * Long.BYTES));
        }
        at += count * Long.BYTES;
    }

    String text() {
        long header = count();
        long length = header >>> 1;
        boolean isWide = (header & 1) != 0;
        require(isWide ? 2 * length : length);
        if (!isWide) {
            var text = new String(bytes, at, (int) length, StandardCharsets.ISO_8859_1);
            at += (int) length;
            return text;
        }
        var chars = new char[(int) length];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8);
            at += 2;
        }
        return new String(chars);
    }

    /// @param read what takes at least a byte each
    <T> List<T> list(Supplier<T> read) {
        int size = smallCount();
        require(size);
        var all = new ArrayList<T>();
        for (int i = 0; i < size; i++) {
            all.add(read.get());
        }
        return all;
    }

    <T> T constant(T[] constants, ToIntFunction<T> codes) {
        int code = raw();
        return WireCodes.find(constants, codes, code)
                .orElseThrow(() -> wrong("there is no " + code + " here"));
    }

    /// Reads something that has others of its kind in it.
    <T> T nested(Supplier<T> read) {
        if (++depth > WireLayout.NESTING_MAX) {
            throw wrong("it nests deeper than " + WireLayout.NESTING_MAX);
        }
        T value = read.get();
        depth--;
        return value;
    }
}
