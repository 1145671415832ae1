package io.tsdb.storage.codec.runlength;

import io.tsdb.storage.codec.pack.ByteSource;

import java.util.Arrays;

/// Reads what [RunLengthEncoder] wrote.
public final class RunLengthDecoder {
    private RunLengthDecoder() {}

    public static void decode(ByteSource source, int count, long[] target) {
        Runs runs = new Runs(source, count);
        int from = 0;
        for (int run = 0; run < runs.count; run++) {
            int to = runs.end(run, from);
            Arrays.fill(target, from, to, source.readSigned(runs.valueBytes));
            from = to;
        }
    }

    public static void decodeBits(ByteSource source, int count, double[] target) {
        Runs runs = new Runs(source, count);
        int from = 0;
        for (int run = 0; run < runs.count; run++) {
            int to = runs.end(run, from);
            long bits = source.readSigned(runs.valueBytes);
            Arrays.fill(target, from, to, Double.longBitsToDouble(bits));
            from = to;
        }
    }

    public static void decodeDecimals(
            ByteSource source, int count, double divisor, double[] target) {
        Runs runs = new Runs(source, count);
        int from = 0;
        for (int run = 0; run < runs.count; run++) {
            int to = runs.end(run, from);
            Arrays.fill(target, from, to, source.readSigned(runs.valueBytes) / divisor);
            from = to;
        }
    }

    /// The heads of the runs; leaves the source at the first value.
    private static final class Runs {
        final int count;
        final int valueBytes;
        private final ByteSource source;
        private final int valueCount;
        private final int ends;

        Runs(ByteSource source, int valueCount) {
            this.source = source;
            this.valueCount = valueCount;
            count = source.readShort();
            valueBytes = source.readByte();
            if (count < 1 || count > valueCount) {
                throw source.corrupt(count + " runs of " + valueCount + " values");
            }
            ends = source.take(Short.BYTES * (count - 1));
        }

        int end(int run, int from) {
            if (run == count - 1) {
                return valueCount;
            }
            int at = ends + Short.BYTES * run;
            byte[] bytes = source.bytes();
            int end = bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
            if (end <= from || end >= valueCount) {
                throw source.corrupt("run from " + from + " to " + end + " of " + valueCount);
            }
            return end;
        }
    }
}
