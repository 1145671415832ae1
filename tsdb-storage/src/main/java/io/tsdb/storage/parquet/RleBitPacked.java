package io.tsdb.storage.parquet;

/// Parquet's hybrid of runs and bit-packed groups of eight: dictionary ids and definition levels.
///
/// @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">Parquet
///   encodings, RLE</a>
final class RleBitPacked {
    /// Shortest run that is worth leaving the packed groups, so that the entropy coder sees long
    /// stretches of symbols of one width.
    private static final int RUN_MIN = 32;

    private RleBitPacked() {}

    static void encode(int[] ids, int count, int width, ByteSink out) {
        int packedFrom = 0;
        int at = 0;
        while (at < count) {
            int end = at + 1;
            while (end < count && ids[end] == ids[at]) {
                end++;
            }
            // groups are of eight: a run gives the groups before it what they lack
            int runFrom = at + (packedFrom - at & 7);
            if (end - runFrom >= RUN_MIN) {
                encodePacked(ids, packedFrom, runFrom, width, out);
                encodeRun(ids[at], end - runFrom, width, out);
                packedFrom = end;
            }
            at = end;
        }
        encodePacked(ids, packedFrom, count, width, out);
    }

    /// One run: all of a column's definition levels, mostly.
    static void encodeRun(int id, int length, int width, ByteSink out) {
        out.putVarint((long) length << 1);
        for (int bits = 0; bits < width; bits += 8) {
            out.put(id >>> bits);
        }
    }

    private static void encodePacked(int[] ids, int from, int to, int width, ByteSink out) {
        if (from == to) {
            return;
        }
        int groups = (to - from + 7) / 8;
        out.putVarint((long) groups << 1 | 1);
        int target = out.reserve(groups * width);
        byte[] bytes = out.array();
        long word = 0;
        int filled = 0;
        for (int i = from; i < from + 8 * groups; i++) {
            long id = i < to ? ids[i] & 0xFFFF_FFFFL : 0;
            word |= id << filled;
            filled += width;
            while (filled >= 8) {
                bytes[target++] = (byte) word;
                word >>>= 8;
                filled -= 8;
            }
        }
    }

    /// @param source at the first run; goes on behind the last one
    /// @param bytes what `source` reads
    /// @param target receives `count` ids
    static void decode(ByteSource source, byte[] bytes, int width, int count, int[] target) {
        int done = 0;
        while (done < count) {
            long header = source.getVarint();
            long length = header >>> 1;
            if ((header & 1) == 0) {
                int id = 0;
                for (int bits = 0; bits < width; bits += 8) {
                    id |= source.get() << bits;
                }
                if (length == 0 || length > count - done) {
                    throw source.corrupt(
                            "a run of " + length + " where " + (count - done) + " are left");
                }
                java.util.Arrays.fill(target, done, done + (int) length, id);
                done += (int) length;
            } else {
                if (length == 0 || length * width > source.remaining()) {
                    throw source.corrupt(length + " packed groups pass the end of the page");
                }
                int take = (int) Math.min(count - done, 8 * length);
                unpack(bytes, source.at(), width, target, done, take);
                source.moveTo(source.at() + (int) length * width);
                done += take;
            }
        }
    }

    private static void unpack(byte[] bytes, int at, int width, int[] target, int from, int count) {
        int mask = width == Integer.SIZE ? -1 : (1 << width) - 1;
        int source = at;
        long word = 0;
        int filled = 0;
        for (int i = from; i < from + count; i++) {
            while (filled < width) {
                word |= (bytes[source++] & 0xFFL) << filled;
                filled += 8;
            }
            target[i] = (int) word & mask;
            word >>>= width;
            filled -= width;
        }
    }
}
