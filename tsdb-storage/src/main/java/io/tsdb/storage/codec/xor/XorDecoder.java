package io.tsdb.storage.codec.xor;

import io.tsdb.storage.codec.pack.ByteSource;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads what [XorEncoder] wrote.
public final class XorDecoder {
    private XorDecoder() {}

    /// @param target receives IEEE bits
    public static void decode(ByteSource source, int count, long[] target) {
        Values values = new Values(source);
        target[0] = values.bits;
        for (int i = 1; i < count; i++) {
            target[i] = values.next();
        }
        values.finish();
    }

    public static void decodeBits(ByteSource source, int count, double[] target) {
        Values values = new Values(source);
        target[0] = Double.longBitsToDouble(values.bits);
        for (int i = 1; i < count; i++) {
            target[i] = Double.longBitsToDouble(values.next());
        }
        values.finish();
    }

    private static final class Values {
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private final ByteSource source;
        private final byte[] bytes;
        private final int from;
        private final int bitCount;
        private int at;
        private int leading;
        long bits;

        Values(ByteSource source) {
            this.source = source;
            bits = source.readLong();
            bytes = source.bytes();
            from = source.position();
            bitCount = Byte.SIZE * source.remaining();
        }

        long next() {
            // at least 57 bits of what follows, which holds flag, class and number of bits
            long head = word(from + (at >>> 3)) >>> (at & 7);
            int flag = (int) head & XorLayout.FLAG_MASK;
            if (flag >= XorLayout.SAME_LEADING) {
                boolean isNew = flag == XorLayout.NEW_LEADING;
                leading = isNew ? XorLayout.leading(XorLayout.classIn(head)) : leading;
                at += isNew ? XorLayout.FLAG_BITS + XorLayout.CLASS_BITS : XorLayout.FLAG_BITS;
                bits ^= read(Long.SIZE - leading);
            } else if (flag == XorLayout.TRAILING) {
                int first = XorLayout.leading(XorLayout.classIn(head));
                int significant = XorLayout.significantIn(head);
                int trailing = Long.SIZE - first - significant;
                if (trailing < 0) {
                    throw source.corrupt(significant + " bits after " + first + " zeros");
                }
                at += XorLayout.TRAILING_HEAD_BITS;
                bits ^= read(significant) << trailing;
            } else {
                at += XorLayout.FLAG_BITS;
                checkEnd();
            }
            return bits;
        }

        /// @param width 1 to 64
        private long read(int width) {
            int bit = at;
            at = bit + width;
            checkEnd();
            int offset = from + (bit >>> 3);
            int shift = bit & 7;
            long word = word(offset) >>> shift;
            if (shift + width > Long.SIZE) {
                word |= (bytes[offset + Long.BYTES] & 0xFFL) << (Long.SIZE - shift);
            }
            return word & -1L >>> -width;
        }

        private void checkEnd() {
            if (at > bitCount) {
                throw source.corrupt("column ends at bit " + bitCount + " of " + at);
            }
        }

        private long word(int offset) {
            if (offset + Long.BYTES <= bytes.length) {
                return (long) LONG.get(bytes, offset);
            }
            long word = 0;
            for (int i = 0; offset + i < bytes.length; i++) {
                word |= (bytes[offset + i] & 0xFFL) << (8 * i);
            }
            return word;
        }

        void finish() {
            source.take((at + 7) >>> 3);
        }
    }
}
