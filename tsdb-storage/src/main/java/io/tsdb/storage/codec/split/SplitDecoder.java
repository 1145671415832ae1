package io.tsdb.storage.codec.split;

import io.tsdb.storage.codec.pack.ByteSource;

/// Reads what [SplitEncoder] wrote: one load, shift and mask for each value, and the front part
/// from a table. Measured by `BlockDecodeBenchmark`.
public final class SplitDecoder {
    private final ByteSource source;
    private final byte[] bytes;
    private final int count;
    private final int split;
    private final int zeros;
    private final int width;

    /// Front parts in their place in the value, by code.
    private final long[] fronts;

    private final int exceptionCount;
    private final int exceptionsAt;
    private final int streamAt;

    private SplitDecoder(ByteSource source, int count) {
        this.source = source;
        this.bytes = source.bytes();
        this.count = count;
        int shape = source.readByte();
        this.split = SplitLayout.SPLIT_MIN + (shape & SplitLayout.SPLIT_MASK);
        int codeBits = shape >>> SplitLayout.CODE_SHIFT & SplitLayout.CODE_BITS_MAX;
        this.zeros = source.readByte();
        this.width = codeBits + split - zeros;
        if ((shape & SplitLayout.UNUSED) != 0
                || zeros > SplitLayout.ZEROS_MAX
                || width > SplitLayout.WIDTH_MAX) {
            throw source.corrupt("split of shape " + shape + " with numbers of " + width + " bits");
        }
        this.fronts = new long[1 << codeBits];
        for (int i = 0; i < fronts.length; i++) {
            fronts[i] = front(source.readShort());
        }
        this.exceptionCount = (shape & SplitLayout.EXCEPTIONS) == 0 ? 0 : source.readShort();
        this.exceptionsAt = source.take(exceptionCount * SplitLayout.EXCEPTION_BYTES);
        this.streamAt = source.take(SplitLayout.streamBytes(count, width));
    }

    public static void decode(ByteSource source, int count, long[] target) {
        var decoder = new SplitDecoder(source, count);
        int loaded = decoder.loadable();
        if (decoder.fronts.length == 1) {
            rest(decoder, loaded, target);
        } else {
            coded(decoder, loaded, target);
        }
        for (int i = loaded; i < count; i++) {
            target[i] = decoder.value(i);
        }
        for (int i = 0; i < decoder.exceptionCount; i++) {
            target[decoder.position(i)] = decoder.exception(i);
        }
    }

    public static void decodeBits(ByteSource source, int count, double[] target) {
        var decoder = new SplitDecoder(source, count);
        int loaded = decoder.loadable();
        if (decoder.fronts.length == 1) {
            rest(decoder, loaded, target);
        } else {
            coded(decoder, loaded, target);
        }
        for (int i = loaded; i < count; i++) {
            target[i] = Double.longBitsToDouble(decoder.value(i));
        }
        for (int i = 0; i < decoder.exceptionCount; i++) {
            target[decoder.position(i)] = Double.longBitsToDouble(decoder.exception(i));
        }
    }

    /// How many values, from the first on, can be read by loads of 64 bits.
    private int loadable() {
        int room = bytes.length - streamAt - Long.BYTES;
        return room < 0 ? 0 : Math.min(count, (8 * room + 7) / width + 1);
    }

    private static void rest(SplitDecoder of, int count, long[] target) {
        byte[] bytes = of.bytes;
        int width = of.width;
        int zeros = of.zeros;
        long mask = SplitLayout.mask(width);
        long front = of.fronts[0];
        int from = of.streamAt;
        for (int i = 0; i < count; i++) {
            int bit = i * width;
            long number = SplitLayout.load(bytes, from + (bit >>> 3)) >>> (bit & 7) & mask;
            target[i] = front | number << zeros;
        }
    }

    private static void rest(SplitDecoder of, int count, double[] target) {
        byte[] bytes = of.bytes;
        int width = of.width;
        int zeros = of.zeros;
        long mask = SplitLayout.mask(width);
        long front = of.fronts[0];
        int from = of.streamAt;
        for (int i = 0; i < count; i++) {
            int bit = i * width;
            long number = SplitLayout.load(bytes, from + (bit >>> 3)) >>> (bit & 7) & mask;
            target[i] = Double.longBitsToDouble(front | number << zeros);
        }
    }

    private static void coded(SplitDecoder of, int count, long[] target) {
        byte[] bytes = of.bytes;
        long[] fronts = of.fronts;
        int width = of.width;
        int zeros = of.zeros;
        int restWidth = of.split - zeros;
        long mask = SplitLayout.mask(restWidth);
        int from = of.streamAt;
        for (int i = 0; i < count; i++) {
            int bit = i * width;
            long number = SplitLayout.load(bytes, from + (bit >>> 3)) >>> (bit & 7);
            long front = fronts[(int) (number >>> restWidth) & (fronts.length - 1)];
            target[i] = front | (number & mask) << zeros;
        }
    }

    private static void coded(SplitDecoder of, int count, double[] target) {
        byte[] bytes = of.bytes;
        long[] fronts = of.fronts;
        int width = of.width;
        int zeros = of.zeros;
        int restWidth = of.split - zeros;
        long mask = SplitLayout.mask(restWidth);
        int from = of.streamAt;
        for (int i = 0; i < count; i++) {
            int bit = i * width;
            long number = SplitLayout.load(bytes, from + (bit >>> 3)) >>> (bit & 7);
            long front = fronts[(int) (number >>> restWidth) & (fronts.length - 1)];
            target[i] = Double.longBitsToDouble(front | (number & mask) << zeros);
        }
    }

    /// A number of the stream, whose last bytes may be the last ones of the array.
    private long number(int index) {
        int bit = index * width;
        int from = streamAt + (bit >>> 3);
        if (from + Long.BYTES <= bytes.length) {
            return SplitLayout.load(bytes, from) >>> (bit & 7) & SplitLayout.mask(width);
        }
        long word = 0;
        for (int i = 0; i < Long.BYTES && from + i < bytes.length; i++) {
            word |= (bytes[from + i] & 0xFFL) << (8 * i);
        }
        return word >>> (bit & 7) & SplitLayout.mask(width);
    }

    private long value(int index) {
        long number = number(index);
        return fronts[(int) (number >>> (split - zeros))] | restOf(number);
    }

    private long restOf(long number) {
        return (number & SplitLayout.mask(split - zeros)) << zeros;
    }

    private int position(int index) {
        int position = shortAt(exceptionsAt + Short.BYTES * index);
        if (position >= count) {
            throw source.corrupt("exception of value " + position + " of " + count);
        }
        return position;
    }

    private long exception(int index) {
        int front = shortAt(exceptionsAt + Short.BYTES * (exceptionCount + index));
        return front(front) | restOf(number(position(index)));
    }

    private long front(int front) {
        if (front >>> (Long.SIZE - split) != 0) {
            throw source.corrupt("front part " + front + " of values split at " + split);
        }
        return (long) front << split;
    }

    private int shortAt(int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
    }
}
