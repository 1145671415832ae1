package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

/// Different values by slot, which another aggregate is made of at the end. State: that of
/// [DistinctValues].
final class DistinctRows implements Accumulator {
    private final AggregateFunction function;
    private final ColumnType type;
    private final MemoryAccount memory;
    private final DistinctValues values;
    private int slotCount;

    DistinctRows(AggregateFunction function, ColumnType type, MemoryAccount memory) {
        this.function = function;
        this.type = type;
        this.memory = memory.part();
        this.values = new DistinctValues(type, memory);
    }

    @Override
    public void ensureSlots(int count) {
        slotCount = Math.max(slotCount, count);
        values.ensureSlots(count);
    }

    @Override
    public void addRange(int slot, ColumnVector rows, long[] times, int from, int to) {
        values.addRange(slot, rows, times, from, to);
    }

    @Override
    public void addRows(int[] slots, ColumnVector rows, long[] times, int count) {
        values.addRows(slots, rows, times, count);
    }

    @Override
    public boolean addStatistics(int slot, ColumnStatistics statistics) {
        return values.addStatistics(slot, statistics);
    }

    @Override
    public void writeState(int from, int count, ColumnVector[] state) {
        values.writeState(from, count, state);
    }

    @Override
    public void mergeState(int[] slots, ColumnVector[] state, int count) {
        values.mergeState(slots, state, count);
    }

    @Override
    public void writeResult(int from, int count, ColumnVector result, Position position) {
        memory.releaseAll();
        Accumulator accumulator = function.accumulator(type, memory);
        accumulator.ensureSlots(count);
        var column = new ColumnVector(type);
        var times = new long[ColumnVector.ROWS_MAX];
        for (int slot = from; slot < Math.min(from + count, slotCount); slot++) {
            int next = values.newest(slot);
            while (next != DistinctValues.NONE) {
                int size = 0;
                while (next != DistinctValues.NONE && size < ColumnVector.ROWS_MAX) {
                    values.write(next, column, size++);
                    next = values.earlier(next);
                }
                accumulator.addRange(slot - from, column, times, 0, size);
            }
        }
        accumulator.writeResult(0, count, result, position);
    }
}
