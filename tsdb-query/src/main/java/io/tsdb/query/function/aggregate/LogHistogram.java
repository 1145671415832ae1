package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TupleTable;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// Counts of values in buckets whose bounds grow by a fixed factor, so that any value of a bucket
/// is within [#ERROR] of its middle: what DDSketch keeps. Counts add up, so it is the same however
/// the rows are split. State: `bucket:count;` each, in base 36.
///
/// @see <a href="https://www.vldb.org/pvldb/vol12/p2195-masson.pdf">DDSketch</a>
final class LogHistogram implements Accumulator {
    static final List<ColumnType> STATE_TYPES = List.of(ColumnType.STRING);

    /// How far a percentile may be from the value at its place, as a share of that.
    static final double ERROR = 0.005;

    private static final double FACTOR_LOG = Math.log((1 + ERROR) / (1 - ERROR));
    private static final double MIDDLE = 2 / (1 + (1 + ERROR) / (1 - ERROR));

    /// Buckets of positive numbers lie around 0; those of negative ones mirrored below.
    private static final long POSITIVE = 1L << 32;

    private static final long INFINITE = 1L << 40;
    private static final long NOT_A_NUMBER = 1L << 41;

    private final ColumnType type;
    private final double share;
    private final MemoryAccount memory;
    private final TupleTable buckets;
    private final long[] key = new long[2];
    private long[] counts = {};
    private int slotCount;

    /// @param share of the values that lie below the result
    LogHistogram(ColumnType type, double share, MemoryAccount memory) {
        this.type = type;
        this.share = share;
        this.memory = memory;
        this.buckets = new TupleTable(2, memory);
    }

    @Override
    public void ensureSlots(int count) {
        slotCount = Math.max(slotCount, count);
    }

    private void add(int slot, long bucket, long count) {
        key[0] = slot;
        key[1] = bucket;
        int at = buckets.slot(key, 0);
        if (at >= counts.length) {
            int capacity = SlotArrays.capacity(at + 1, counts.length, Long.BYTES, memory);
            counts = Arrays.copyOf(counts, capacity);
        }
        counts[at] += count;
    }

    private long bucketOf(ColumnVector values, int row) {
        return bucket(
                switch (type) {
                    case FLOAT64 -> values.doubles()[row];
                    case UINT64 -> Uint64.toDouble(values.longs()[row]);
                    default -> values.longs()[row];
                });
    }

    /// Number of the bucket; grows with the value, NaN above all.
    private static long bucket(double value) {
        if (Double.isNaN(value)) {
            return NOT_A_NUMBER;
        }
        double size = Math.abs(value);
        if (size < Double.MIN_NORMAL) {
            return 0;
        }
        long bucket =
                Double.isInfinite(size)
                        ? INFINITE
                        : POSITIVE + (long) Math.ceil(StrictMath.log(size) / FACTOR_LOG);
        return value < 0 ? -bucket : bucket;
    }

    private static double middle(long bucket) {
        if (bucket == NOT_A_NUMBER) {
            return Double.NaN;
        }
        if (bucket == 0) {
            return 0;
        }
        long size = Math.abs(bucket);
        double value =
                size == INFINITE
                        ? Double.POSITIVE_INFINITY
                        : Math.min(
                                Double.MAX_VALUE,
                                StrictMath.exp((size - POSITIVE) * FACTOR_LOG) * MIDDLE);
        return bucket < 0 ? -value : value;
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        for (int i = from; i < to; i++) {
            if (values.isPresent(i)) {
                add(slot, bucketOf(values, i), 1);
            }
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i)) {
                add(slots[i], bucketOf(values, i), 1);
            }
        }
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        var texts = new StringBuilder[count];
        long[] all = buckets.tuples();
        for (int at = 0; at < buckets.size(); at++) {
            long slot = all[2 * at] - from;
            if (slot >= 0 && slot < count) {
                int i = (int) slot;
                texts[i] = texts[i] == null ? new StringBuilder() : texts[i];
                memory.reserve(48);
                texts[i].append(Long.toString(all[2 * at + 1], Character.MAX_RADIX))
                        .append(':')
                        .append(Long.toString(counts[at], Character.MAX_RADIX))
                        .append(';');
            }
        }
        var encoded = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            encoded[i] = texts[i] == null ? "" : texts[i].toString();
        }
        StringSlots.write(encoded, 0, count, state[0]);
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        for (int i = 0; i < count; i++) {
            String text = state[0].string(i);
            int at = 0;
            while (at < text.length()) {
                int colon = text.indexOf(':', at);
                int end = text.indexOf(';', colon);
                add(
                        slots[i],
                        Long.parseLong(text, at, colon, Character.MAX_RADIX),
                        Long.parseLong(text, colon + 1, end, Character.MAX_RADIX));
                at = end + 1;
            }
        }
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        int size = buckets.size();
        long[] all = buckets.tuples();
        long scratch = 4L * Long.BYTES * size + (long) Long.BYTES * slotCount;
        memory.reserve(scratch);
        var order = new long[size];
        var at = new long[size];
        var totals = new long[Math.max(slotCount, from + count)];
        for (int i = 0; i < size; i++) {
            order[i] = all[2 * i + 1];
            at[i] = i;
            totals[(int) all[2 * i]] += counts[i];
        }
        PairSort.sort(order, at, 0, size, memory);
        var seen = new long[totals.length];
        result.setAllPresent();
        for (int i = 0; i < count; i++) {
            if (totals[from + i] == 0) {
                result.setNull(i);
            }
        }
        for (int i = 0; i < size; i++) {
            int slot = (int) all[2 * (int) at[i]];
            // the first value of which this share lies at or below it
            long wanted = Math.max(1, (long) Math.ceil(share * totals[slot]));
            long before = seen[slot];
            seen[slot] += counts[(int) at[i]];
            boolean isIn = slot >= from && slot < from + count;
            if (isIn && before < wanted && seen[slot] >= wanted) {
                result.doubles()[slot - from] = middle(order[i]);
            }
        }
        memory.release(scratch);
    }
}
