package io.tsdb.storage.codec.xor;

import io.tsdb.storage.codec.pack.ByteSink;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Writes doubles as what differs from the one before; after Gorilla, with Chimp's flags.
///
/// @see <a href="https://www.vldb.org/pvldb/vol15/p3058-liakos.pdf">Chimp, section 4</a>
public final class XorEncoder {
    /// Flag, class and all bits of a value, in whole bytes.
    private static final int VALUE_BYTES_MAX = 9;

    private static final int SAMPLES = 64;

    private XorEncoder() {}

    /// About what [#encode] would append, by some of the values and those before them.
    public static int estimateBytes(long[] bits, int count) {
        int samples = Math.min(count - 1, SAMPLES);
        long sampled = 0;
        for (int i = 0; i < samples; i++) {
            int at = 1 + i * (count - 1) / samples;
            long xor = bits[at] ^ bits[at - 1];
            int trailing = Long.numberOfTrailingZeros(xor);
            int rest = Long.SIZE - XorLayout.leading(XorLayout.classOf(xor));
            if (xor == 0) {
                sampled += XorLayout.FLAG_BITS;
            } else if (trailing >= XorLayout.TRAILING_MIN) {
                sampled += XorLayout.TRAILING_HEAD_BITS + rest - trailing;
            } else {
                sampled += XorLayout.FLAG_BITS + rest;
            }
        }
        return Long.BYTES + (int) (samples == 0 ? 0 : sampled * (count - 1) / samples / 8);
    }

    /// Appends the column; its size is known only afterwards.
    ///
    /// @param bits IEEE bits, at least one
    public static void encode(long[] bits, int count, ByteSink sink) {
        sink.putLong(bits[0]);
        BitWriter out = new BitWriter(sink, count);
        int leadingClass = 0;
        for (int i = 1; i < count; i++) {
            long xor = bits[i] ^ bits[i - 1];
            int trailing = Long.numberOfTrailingZeros(xor);
            int xorClass = XorLayout.classOf(xor);
            if (xor == 0) {
                out.put(XorLayout.SAME, XorLayout.FLAG_BITS);
            } else if (trailing >= XorLayout.TRAILING_MIN) {
                int significant = Long.SIZE - XorLayout.leading(xorClass) - trailing;
                out.put(
                        XorLayout.TRAILING
                                | (long) xorClass << XorLayout.FLAG_BITS
                                | (significant - 1L)
                                        << (XorLayout.FLAG_BITS + XorLayout.CLASS_BITS),
                        XorLayout.TRAILING_HEAD_BITS);
                out.put(xor >>> trailing, significant);
            } else if (xorClass == leadingClass) {
                out.put(XorLayout.SAME_LEADING, XorLayout.FLAG_BITS);
                out.put(xor, Long.SIZE - XorLayout.leading(xorClass));
            } else {
                leadingClass = xorClass;
                out.put(
                        XorLayout.NEW_LEADING | (long) xorClass << XorLayout.FLAG_BITS,
                        XorLayout.FLAG_BITS + XorLayout.CLASS_BITS);
                out.put(xor, Long.SIZE - XorLayout.leading(xorClass));
            }
        }
        out.finish();
    }

    private static final class BitWriter {
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private final ByteSink sink;
        private final byte[] bytes;
        private int at;
        private long bits;
        private int filled;

        /// Claims what the values take at most, so that no bit asks for room.
        BitWriter(ByteSink sink, int count) {
            this.sink = sink;
            at = sink.claim((count - 1) * VALUE_BYTES_MAX + Long.BYTES);
            bytes = sink.bytes();
        }

        /// @param value below `2^width`
        /// @param width 1 to 64
        void put(long value, int width) {
            bits |= value << filled;
            int total = filled + width;
            if (total >= Long.SIZE) {
                LONG.set(bytes, at, bits);
                at += Long.BYTES;
                bits = filled == 0 ? 0 : value >>> (Long.SIZE - filled);
                filled = total - Long.SIZE;
            } else {
                filled = total;
            }
        }

        void finish() {
            LONG.set(bytes, at, bits);
            sink.truncate(at + ((filled + 7) >>> 3));
        }
    }
}
