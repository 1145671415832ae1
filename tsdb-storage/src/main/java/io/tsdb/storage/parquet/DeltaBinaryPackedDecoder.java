package io.tsdb.storage.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads DELTA_BINARY_PACKED columns of int64, whatever their block layout.
final class DeltaBinaryPackedDecoder {
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private DeltaBinaryPackedDecoder() {}

    /// @param source at the column's header; goes on behind its last miniblock
    /// @param bytes what `source` reads, with [PageReader#SLACK] bytes of room behind the page
    /// @param count values that must be there
    /// @param target receives them
    static void decode(ByteSource source, byte[] bytes, int count, long[] target) {
        int blockSize = source.getCount(1 << 20);
        int miniblockCount = source.getCount(1 << 12);
        int total = source.getCount(Integer.MAX_VALUE);
        long last = source.getZigzag();
        if (total != count || miniblockCount == 0 || blockSize % (32 * miniblockCount) != 0) {
            throw source.corrupt(
                    ("a delta column of %d values in blocks of %d with %d miniblocks where %d"
                                    + " values belong")
                            .formatted(total, blockSize, miniblockCount, count));
        }
        if (count == 0) {
            return;
        }
        int miniblockSize = blockSize / miniblockCount;
        target[0] = last;
        int done = 1;
        while (done < count) {
            long base = source.getZigzag();
            int widthsAt = source.at();
            source.moveTo(widthsAt + miniblockCount);
            for (int i = 0; i < miniblockCount && done < count; i++) {
                int width = bytes[widthsAt + i];
                int length = miniblockSize / 8 * width;
                if (width < 0 || width > Long.SIZE || length > source.remaining()) {
                    throw source.corrupt("a miniblock of " + width + " bits a value");
                }
                int take = Math.min(miniblockSize, count - done);
                last = unpack(bytes, source.at(), width, base, last, target, done, take);
                source.moveTo(source.at() + length);
                done += take;
            }
        }
    }

    /// @return the last value
    private static long unpack(
            byte[] bytes,
            int at,
            int width,
            long base,
            long before,
            long[] target,
            int from,
            int count) {
        long value = before;
        switch (width) {
            case 0 -> {
                for (int i = 0; i < count; i++) {
                    value += base;
                    target[from + i] = value;
                }
            }
            case 4 -> {
                for (int i = 0; i < count; i++) {
                    value += base + (bytes[at + (i >> 1)] >>> ((i & 1) << 2) & 0xF);
                    target[from + i] = value;
                }
            }
            case 8 -> {
                for (int i = 0; i < count; i++) {
                    value += base + (bytes[at + i] & 0xFF);
                    target[from + i] = value;
                }
            }
            default -> {
                long mask = -1L >>> (Long.SIZE - width);
                for (int i = 0; i < count; i++) {
                    long bit = (long) i * width;
                    int byteAt = at + (int) (bit >>> 3);
                    int shift = (int) bit & 7;
                    long packed = (long) LONG_LE.get(bytes, byteAt) >>> shift;
                    if (shift + width > Long.SIZE) {
                        packed |= (long) bytes[byteAt + 8] << (Long.SIZE - shift);
                    }
                    value += base + (packed & mask);
                    target[from + i] = value;
                }
            }
        }
        return value;
    }
}
