package io.tsdb.storage.parquet;

import java.util.Arrays;

/// Writes int64 columns as Parquet's DELTA_BINARY_PACKED. One thread; owns its scratch memory.
///
/// @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">Parquet
///   encodings, DELTA_BINARY_PACKED</a>
final class DeltaBinaryPackedEncoder {
    private long[] deltas = new long[1024];
    private long[] blockMins = new long[64];

    void encode(DeltaPacking packing, long[] values, int count, ByteSink out) {
        out.putVarint(packing.blockSize());
        out.putVarint(packing.miniblockCount());
        out.putVarint(count);
        out.putZigzag(count == 0 ? 0 : values[0]);
        int deltaCount = count - 1;
        if (deltaCount <= 0) {
            return;
        }
        if (deltas.length < deltaCount) {
            deltas = new long[Math.max(deltaCount, 2 * deltas.length)];
        }
        for (int i = 0; i < deltaCount; i++) {
            deltas[i] = values[i + 1] - values[i];
        }
        long base = packing.sharesBase() ? pageBase(packing, deltaCount) : Long.MAX_VALUE;
        for (int from = 0; from < deltaCount; from += packing.blockSize()) {
            encodeBlock(packing, from, Math.min(deltaCount, from + packing.blockSize()), base, out);
        }
    }

    /// A base that most blocks of the page can subtract: the smallest of the block minima, those
    /// left out that lie far below the typical one (where one series ends and the next begins).
    private long pageBase(DeltaPacking packing, int deltaCount) {
        int blockSize = packing.blockSize();
        int blocks = (deltaCount + blockSize - 1) / blockSize;
        if (blockMins.length < blocks) {
            blockMins = new long[Math.max(blocks, 2 * blockMins.length)];
        }
        for (int block = 0; block < blocks; block++) {
            int from = block * blockSize;
            blockMins[block] = min(from, Math.min(deltaCount, from + blockSize));
        }
        Arrays.sort(blockMins, 0, blocks);
        long typical = blockMins[blocks / 2];
        int first = 0;
        while (typical - blockMins[first] < 0
                || Long.compareUnsigned(typical - blockMins[first], packing.baseReach()) > 0) {
            first++;
        }
        return blockMins[first];
    }

    private void encodeBlock(DeltaPacking packing, int from, int to, long pageBase, ByteSink out) {
        long min = min(from, to);
        long base = min;
        if (pageBase < min) {
            long max = max(from, to);
            base = packing.widthOf(max - pageBase) == packing.widthOf(max - min) ? pageBase : min;
        }
        out.putZigzag(base);
        int widthsAt = out.reserve(packing.miniblockCount());
        int miniblockSize = packing.miniblockSize();
        for (int i = 0; i < packing.miniblockCount(); i++) {
            int start = from + i * miniblockSize;
            int end = Math.min(to, start + miniblockSize);
            int width = start < to ? packing.widthOf(range(start, end, base)) : 0;
            out.array()[widthsAt + i] = (byte) width;
            if (width > 0) {
                pack(start, end, base, width, out.reserve(miniblockSize / 8 * width), out);
                // what the miniblock has beyond `end` is zero bits
            }
        }
    }

    private void pack(int from, int to, long base, int width, int at, ByteSink out) {
        byte[] bytes = out.array();
        Arrays.fill(bytes, at, out.size(), (byte) 0);
        switch (width) {
            case 4 -> {
                int target = at;
                int i = from;
                for (; i + 1 < to; i += 2) {
                    bytes[target++] = (byte) (deltas[i] - base | deltas[i + 1] - base << 4);
                }
                if (i < to) {
                    bytes[target] = (byte) (deltas[i] - base);
                }
            }
            case 8 -> {
                for (int i = from; i < to; i++) {
                    bytes[at + i - from] = (byte) (deltas[i] - base);
                }
            }
            default -> packAnyWidth(from, to, base, width, at, bytes);
        }
    }

    private void packAnyWidth(int from, int to, long base, int width, int at, byte[] bytes) {
        long word = 0;
        int filled = 0;
        int target = at;
        for (int i = from; i < to; i++) {
            long value = deltas[i] - base;
            word |= value << filled;
            filled += width;
            if (filled >= Long.SIZE) {
                for (int b = 0; b < Long.BYTES; b++) {
                    bytes[target++] = (byte) (word >>> (8 * b));
                }
                filled -= Long.SIZE;
                word = filled == 0 ? 0 : value >>> (width - filled);
            }
        }
        for (; filled > 0; filled -= 8) {
            bytes[target++] = (byte) word;
            word >>>= 8;
        }
    }

    private long min(int from, int to) {
        long min = deltas[from];
        for (int i = from + 1; i < to; i++) {
            min = Math.min(min, deltas[i]);
        }
        return min;
    }

    private long max(int from, int to) {
        long max = deltas[from];
        for (int i = from + 1; i < to; i++) {
            max = Math.max(max, deltas[i]);
        }
        return max;
    }

    /// Bits that any of the deltas above the base uses.
    private long range(int from, int to, long base) {
        long used = 0;
        for (int i = from; i < to; i++) {
            used |= deltas[i] - base;
        }
        return used;
    }
}
