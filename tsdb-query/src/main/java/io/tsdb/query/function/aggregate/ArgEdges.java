package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.List;
import java.util.Optional;

/// Values of the rows in which another argument is least or largest: edges, with that in the place
/// of the time. State: that of the edges.
final class ArgEdges implements Accumulator {
    private final Accumulator edges;
    private final int[] slotOf = new int[ColumnVector.ROWS_MAX];
    private final int[] chosen = new int[ColumnVector.ROWS_MAX];
    private final long[] ranks = new long[ColumnVector.ROWS_MAX];
    private final ColumnVector picked;
    private ColumnVector[] more = {};

    /// @param largest whether it is the rows in which the other argument is largest
    ArgEdges(boolean largest, ColumnType type, MemoryAccount memory) {
        this.edges = Edges.accumulator(largest, type, memory);
        this.picked = new ColumnVector(type);
    }

    /// Both arguments as they are; empty when rows have no order by the second.
    static Optional<List<ColumnType>> argumentTypes(List<ColumnType> given) {
        return given.size() == 2 && given.get(1) != ColumnType.STRING
                ? Optional.of(given)
                : Optional.empty();
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
        int size = 0;
        for (int i = from; i < to; i++) {
            size = choose(size, slot, values, i);
        }
        addChosen(values, size);
    }

    @Override
    public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
        int size = 0;
        for (int i = 0; i < count; i++) {
            size = choose(size, slots[i], values, i);
        }
        addChosen(values, size);
    }

    private int choose(int size, int slot, ColumnVector values, int row) {
        if (!values.isPresent(row) || !more[0].isPresent(row)) {
            return size;
        }
        slotOf[size] = slot;
        chosen[size] = row;
        ranks[size] = rank(more[0], row);
        return size + 1;
    }

    private void addChosen(ColumnVector values, int size) {
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
