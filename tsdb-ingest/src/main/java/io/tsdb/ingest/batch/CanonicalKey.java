package io.tsdb.ingest.batch;

/// Builds the canonical bytes of [io.tsdb.storage.model.SeriesKey] from a parsed point. One thread.
final class CanonicalKey {
    private byte[] bytes = new byte[1024];
    private int size;

    static int sizeOf(ParsedPoint point) {
        int size = 2 + point.measurementBytes();
        for (int tag = 0; tag < point.tagCount(); tag++) {
            size += 4 + point.tagKeyTo(tag) - point.tagKeyFrom(tag);
            size += point.tagValueTo(tag) - point.tagValueFrom(tag);
        }
        return size;
    }

    /// @param point tags sorted; [#sizeOf] within the limit
    void build(ParsedPoint point) {
        int wanted = sizeOf(point);
        if (wanted > bytes.length) {
            bytes = new byte[2 * wanted];
        }
        size = 0;
        put(point.text(), 0, point.measurementBytes());
        for (int tag = 0; tag < point.tagCount(); tag++) {
            put(point.text(), point.tagKeyFrom(tag), point.tagKeyTo(tag));
            put(point.text(), point.tagValueFrom(tag), point.tagValueTo(tag));
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    private void put(byte[] text, int from, int to) {
        int length = to - from;
        bytes[size] = (byte) length;
        bytes[size + 1] = (byte) (length >>> 8);
        System.arraycopy(text, from, bytes, size + 2, length);
        size += 2 + length;
    }
}
