package io.tsdb.storage.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Canonical key of a series: measurement, then the tags sorted by the bytes of their keys.
///
/// Bytes (`docs/format/series-key.md`): `u16 length, measurement`, then for each tag `u16 length,
/// key, u16 length, value`; lengths little-endian, text UTF-8 as the client sent it after
/// unescaping. Equal series have equal bytes. The hash decides the slot, so it never changes.
public final class SeriesKey {
    /// Longest canonical key, in bytes.
    public static final int BYTES_MAX = 65_535;

    /// Number of slots that the 64-bit hash of a series is cut into.
    public static final int SLOT_COUNT = 1024;

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final long hash;

    private SeriesKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = hash(bytes, 0, bytes.length);
    }

    /// A key from its canonical bytes, which are copied.
    public static SeriesKey ofBytes(byte[] bytes, int from, int to) {
        return new SeriesKey(Arrays.copyOfRange(bytes, from, to));
    }

    /// A key from text; for tests and tools (the write path builds the bytes itself).
    public static SeriesKey of(String measurement, Map<String, String> tags) {
        var sorted = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
        tags.forEach((key, value) -> sorted.put(utf8(key), utf8(value)));
        var out = new java.io.ByteArrayOutputStream();
        put(out, utf8(measurement));
        sorted.forEach(
                (key, value) -> {
                    put(out, key);
                    put(out, value);
                });
        if (out.size() > BYTES_MAX) {
            throw new ResourceLimitException("series key bytes", BYTES_MAX, out.size());
        }
        return new SeriesKey(out.toByteArray());
    }

    /// Canonical bytes; read only.
    public byte[] bytes() {
        return bytes;
    }

    public long hash() {
        return hash;
    }

    public int slot() {
        return slotOf(hash);
    }

    public String measurement() {
        return text(0);
    }

    /// Tags as `key, value, key, value, ...` in key order.
    public List<String> tags() {
        var parts = new ArrayList<String>();
        int at = 2 + length(0);
        while (at < bytes.length) {
            parts.add(text(at));
            at += 2 + length(at);
        }
        return parts;
    }

    /// The slot of a series hash: its upper ten bits.
    public static int slotOf(long hash) {
        return (int) (hash >>> 54);
    }

    /// 64-bit hash of canonical key bytes: words folded by the 128-bit product of two odd
    /// constants.
    ///
    /// Stable for ever, since slots are assigned by it; `SeriesKeyTest` pins known values.
    public static long hash(byte[] source, int from, int to) {
        long acc = 0x9E3779B97F4A7C15L ^ (to - from);
        int at = from;
        while (to - at >= 8) {
            acc = mix(acc ^ word(source, at, 8), 0xA0761D6478BD642FL);
            at += 8;
        }
        if (at < to) {
            acc = mix(acc ^ word(source, at, to - at), 0xE7037ED1A0B428DBL);
        }
        return mix(acc, 0x8EBC6AF09C88C6E3L);
    }

    private static long mix(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long word(byte[] source, int at, int count) {
        if (count == Long.BYTES) {
            return (long) LONG_LE.get(source, at);
        }
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (source[at + i] & 0xFFL) << (8 * i);
        }
        return word;
    }

    private int length(int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }

    private String text(int at) {
        return new String(bytes, at + 2, length(at), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(java.io.ByteArrayOutputStream out, byte[] text) {
        out.write(text.length);
        out.write(text.length >>> 8);
        out.writeBytes(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SeriesKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    @Override
    public String toString() {
        var text = new StringBuilder(measurement());
        List<String> tags = tags();
        for (int i = 0; i < tags.size(); i += 2) {
            text.append(',').append(tags.get(i)).append('=').append(tags.get(i + 1));
        }
        return text.toString();
    }
}
