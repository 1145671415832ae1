package io.tsdb.storage.codec.split;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Head and stream of a split column (`docs/format/encodings.md#split`).
final class SplitLayout {
    /// The front part has at most 16 bits: the value is split at bit 48 or above.
    static final int SPLIT_MIN = 48;

    static final int SPLIT_MAX = 63;

    /// Set in the first byte when exceptions follow.
    static final int EXCEPTIONS = 0x80;

    static final int SPLIT_MASK = 0x0F;
    static final int CODE_SHIFT = 4;
    static final int CODE_BITS_MAX = 3;

    /// Bits of the first byte that are 0.
    static final int UNUSED = 0x40;

    static final int ZEROS_MAX = 47;

    /// A number begins within the first 8 bits of a load of 64.
    static final int WIDTH_MAX = 57;

    static final int HEAD_BYTES = 2;

    /// Bytes of an exception: its position and its front part.
    static final int EXCEPTION_BYTES = 2 * Short.BYTES;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SplitLayout() {}

    static int streamBytes(int count, int width) {
        return (count * width + 7) >>> 3;
    }

    /// The low `width` bits.
    static long mask(int width) {
        return -1L >>> (Long.SIZE - width);
    }

    static long load(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static void store(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }
}
