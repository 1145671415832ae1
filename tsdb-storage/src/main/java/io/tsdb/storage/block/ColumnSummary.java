package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

/// Computes the statistics of a column. One thread; kept and reused.
///
/// Doubles are ordered as [Double#compare] does: -0.0 before 0.0, NaN after everything.
final class ColumnSummary {
    long sum;
    boolean sumExact;

    /// Upper halves of the sum of the integers looked at last, the carry of the lower ones
    /// included.
    private long highHalves;

    long min;
    long max;

    /// @param values with absent rows filled with a neighbour's value; not looked at for STRING
    /// @param presence one bit a row, null when every row has a value
    void of(FieldType type, long[] values, int count, long @Nullable [] presence) {
        switch (type) {
            case INT64, BOOL -> {
                ofLongs(values, count, presence);
                sumExact = highHalves == (int) highHalves;
            }
            case UINT64 -> {
                ofLongs(values, count, presence);
                // each number is 2^63 more than what stands for it
                highHalves += (long) present(count, presence) << 31;
                sum += (long) present(count, presence) << 63;
                sumExact = highHalves >>> 32 == 0;
            }
            case FLOAT64 -> ofDoubles(values, count, presence);
            case STRING -> {
                sum = 0;
                min = 0;
                max = 0;
                sumExact = true;
            }
        }
    }

    private void ofLongs(long[] values, int count, long @Nullable [] presence) {
        long low = values[0];
        long high = low;
        // halves cannot overflow in 1024 additions
        long lowHalves = 0;
        highHalves = 0;
        if (presence == null) {
            for (int i = 0; i < count; i++) {
                long value = values[i];
                low = Math.min(low, value);
                high = Math.max(high, value);
                lowHalves += value & 0xFFFF_FFFFL;
                highHalves += value >> 32;
            }
        } else {
            for (int i = 0; i < count; i++) {
                long value = values[i];
                low = Math.min(low, value);
                high = Math.max(high, value);
                long mask = -(presence[i >>> 6] >>> i & 1);
                lowHalves += value & mask & 0xFFFF_FFFFL;
                highHalves += (value & mask) >> 32;
            }
        }
        highHalves += lowHalves >>> 32;
        min = low;
        max = high;
        sum = highHalves << 32 | lowHalves & 0xFFFF_FFFFL;
    }

    private static int present(int count, long @Nullable [] presence) {
        if (presence == null) {
            return count;
        }
        int present = 0;
        for (int i = 0; i < count; i += Long.SIZE) {
            int rows = Math.min(Long.SIZE, count - i);
            present += Long.bitCount(presence[i >>> 6] << Long.SIZE - rows);
        }
        return present;
    }

    private void ofDoubles(long[] bits, int count, long @Nullable [] presence) {
        double total = 0;
        long low = ordered(bits[0]);
        long high = low;
        // the sum takes four cycles a value, since each addition waits for the last: the rest is
        // free
        if (presence == null) {
            for (int i = 0; i < count; i++) {
                long key = ordered(bits[i]);
                low = Math.min(low, key);
                high = Math.max(high, key);
                total += Double.longBitsToDouble(bits[i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                long key = ordered(bits[i]);
                low = Math.min(low, key);
                high = Math.max(high, key);
                if ((presence[i >>> 6] >>> i & 1) != 0) {
                    total += Double.longBitsToDouble(bits[i]);
                }
            }
        }
        min = ordered(low);
        max = ordered(high);
        // the sign of a NaN that a sum gives depends on who compiled the loop: replicas hold one
        sum = Double.doubleToLongBits(total);
        sumExact = true;
        if (Double.isNaN(total)) {
            compareOneByOne(bits, count);
        }
    }

    private void compareOneByOne(long[] bits, int count) {
        double least = Double.longBitsToDouble(bits[0]);
        double most = least;
        min = bits[0];
        max = bits[0];
        for (int i = 1; i < count; i++) {
            double value = Double.longBitsToDouble(bits[i]);
            if (Double.compare(value, least) < 0) {
                least = value;
                min = bits[i];
            }
            if (Double.compare(value, most) > 0) {
                most = value;
                max = bits[i];
            }
        }
    }

    /// Bits of a double to a long of the same order, and back.
    private static long ordered(long bits) {
        return bits ^ (bits >> 63 & Long.MAX_VALUE);
    }

    /// @param first value of the first row that has one; likewise `last`
    ColumnStatistics toStatistics(
            FieldType type, int count, long first, long last, long firstTime, long lastTime) {
        return new ColumnStatistics(
                type, count, sum, sumExact, min, max, first, last, firstTime, lastTime);
    }
}
