package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

/// Values of the rows in which another argument is least or largest: edges, with that in the place
/// of the time. State: that of the edges.
final class ArgEdges implements Accumulator {
    private final Accumulator edges;
    private final int[] one = new int[1];
    private final int[] chosen = new int[ColumnVector.ROWS_MAX];
    private final long[] ranks = new long[ColumnVector.ROWS_MAX];
    private ColumnVector[] more = {};
    private ColumnVector picked;

    /// @param edges that take values in by their times
    ArgEdges(ColumnType type, Accumulator edges) {
        this.edges = edges;
        this.picked = new ColumnVector(type);
    }

    @Override
    public void ensureSlots(int count) {
        edges.ensureSlots(count);
    }

    @Override
    public void setMore(ColumnVector[] arguments) {
        more = arguments;
    }

    private static long rank(ColumnVector by, int row) {
        if (by.type() != ColumnType.FLOAT64) {
            return by.longs()[row];
        }
        // compares as the double does, NaN above all, both zeros alike
        long bits = Double.doubleToLongBits(by.doubles()[row] + 0.0);
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    @Override
    public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
        one[0] = slot;
        for (int i = from; i < to; i++) {
            if (values.isPresent(i) && more[0].isPresent(i)) {
                chosen[0] = i;
                ranks[0] = rank(more[0], i);
                picked.gather(values, chosen, 1);
                edges.addRows(one, picked, ranks, 1);
            }
        }
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        var slotOf = new int[count];
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (values.isPresent(i) && more[0].isPresent(i)) {
                chosen[size] = i;
                slotOf[size] = slots[i];
                ranks[size++] = rank(more[0], i);
            }
        }
        picked.gather(values, chosen, size);
        edges.addRows(slotOf, picked, ranks, size);
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return statistics.count() == 0;
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        edges.writeState(from, count, state);
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        edges.mergeState(slots, state, count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        edges.writeResult(from, count, result, position);
    }
}
