package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.rows.RowStore;

/// The arguments of an aggregate over a window, as its accumulators take them: of stretches of rows
/// in the window's order. One thread.
final class FrameRows {
    private final RowStore rows;
    private final int[] order;
    private final int[] columns;
    private final ColumnVector values;
    private final ColumnVector[] more;
    private final ColumnVector times;
    private final boolean usesTime;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];

    /// @param columns of the arguments: those of the aggregate, then the times when it looks at
    ///   them
    FrameRows(AggregateFunction function, int[] columns, RowStore rows, int[] order) {
        this.rows = rows;
        this.order = order;
        this.columns = columns;
        this.usesTime = function.usesTime();
        this.values = new ColumnVector(rows.types().get(columns[0]));
        this.more = new ColumnVector[columns.length - 1 - (usesTime ? 1 : 0)];
        for (int i = 0; i < more.length; i++) {
            more[i] = new ColumnVector(rows.types().get(columns[1 + i]));
        }
        this.times = new ColumnVector(ColumnType.TIMESTAMP);
    }

    /// Type of the first argument.
    ColumnType type() {
        return values.type();
    }

    /// Takes rows `[from, to)` into one slot.
    void addRange(Accumulator accumulator, int slot, int from, int to) {
        for (int at = from; at < to; at += ColumnVector.ROWS_MAX) {
            int count = Math.min(ColumnVector.ROWS_MAX, to - at);
            load(accumulator, at, count);
            accumulator.addRange(slot, values, times.longs(), 0, count);
        }
    }

    /// Takes each of the rows `[from, to)` into a slot of its own: the first into `firstSlot`, the
    /// next ones into those before it.
    void addEach(Accumulator accumulator, int firstSlot, int from, int to) {
        for (int at = from; at < to; at += ColumnVector.ROWS_MAX) {
            int count = Math.min(ColumnVector.ROWS_MAX, to - at);
            load(accumulator, at, count);
            for (int i = 0; i < count; i++) {
                slots[i] = firstSlot - (at - from) - i;
            }
            accumulator.addRows(slots, values, times.longs(), count);
        }
    }

    private void load(Accumulator accumulator, int from, int count) {
        rows.writeColumn(columns[0], order, from, count, values);
        if (more.length > 0) {
            for (int i = 0; i < more.length; i++) {
                rows.writeColumn(columns[1 + i], order, from, count, more[i]);
            }
            accumulator.setMore(more);
        }
        if (usesTime) {
            rows.writeColumn(columns[columns.length - 1], order, from, count, times);
        }
    }
}
