package io.tsdb.storage.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Values of 64 bits and booleans as they are, and 64-bit values with their bytes apart
/// (BYTE_STREAM_SPLIT).
final class PlainValues {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private PlainValues() {}

    static void encodeLongs(long[] values, int count, ByteSink out) {
        int at = out.reserve(count * Long.BYTES);
        byte[] bytes = out.array();
        for (int i = 0; i < count; i++) {
            LONG_LE.set(bytes, at + i * Long.BYTES, values[i]);
        }
    }

    static void decodeLongs(ByteSource source, byte[] bytes, int count, long[] target) {
        int at = source.at();
        source.moveTo(at + count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            target[i] = (long) LONG_LE.get(bytes, at + i * Long.BYTES);
        }
    }

    static void encodeSplit(long[] values, int count, ByteSink out) {
        int at = out.reserve(count * Long.BYTES);
        byte[] bytes = out.array();
        for (int stream = 0; stream < Long.BYTES; stream++) {
            for (int i = 0; i < count; i++) {
                bytes[at++] = (byte) (values[i] >>> 8 * stream);
            }
        }
    }

    static void decodeSplit(ByteSource source, byte[] bytes, int count, long[] target) {
        int at = source.at();
        source.moveTo(at + count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            target[i] = bytes[at + i] & 0xFFL;
        }
        for (int stream = 1; stream < Long.BYTES; stream++) {
            at += count;
            for (int i = 0; i < count; i++) {
                target[i] |= (bytes[at + i] & 0xFFL) << 8 * stream;
            }
        }
    }

    static void encodeBits(long[] values, int count, ByteSink out) {
        int at = out.reserve((count + 7) / 8);
        byte[] bytes = out.array();
        for (int i = 0; i < count; i += 8) {
            int bits = 0;
            for (int b = 0; b < 8 && i + b < count; b++) {
                bits |= (int) (values[i + b] & 1) << b;
            }
            bytes[at++] = (byte) bits;
        }
    }

    static void decodeBits(ByteSource source, byte[] bytes, int count, long[] target) {
        int at = source.at();
        source.moveTo(at + (count + 7) / 8);
        for (int i = 0; i < count; i++) {
            target[i] = (long) bytes[at + (i >> 3)] >>> (i & 7) & 1;
        }
    }
}
