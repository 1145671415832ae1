package io.tsdb.query.exec;

import io.tsdb.query.analysis.Frame;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.window.WindowRows;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.List;

/// Stored rows in the order of a window, cut into partitions; moves from one to the next. One
/// thread.
final class PartitionRows implements WindowRows {
    private final RowStore rows;
    private final int[] order;
    private final BitSet starts = new BitSet();
    private final BitSet peers = new BitSet();
    private final boolean isOrdered;
    private final FrameEdges edges;
    private int[] peerStarts = {};
    private int[] peerEnds = {};
    private int from;
    private int to;
    private Frame frame = Frame.DEFAULT;
    private int[] arguments = {};

    /// @param order of all rows: by partition first, by the window's order within
    /// @param partitionColumns equal values of these make a partition
    /// @param orderBy equal values of these make peers
    /// @param memory that the edges of frames are reserved at
    PartitionRows(
            RowStore rows,
            int[] order,
            int[] partitionColumns,
            List<SortKey> orderBy,
            MemoryAccount memory) {
        this.rows = rows;
        this.order = order;
        this.isOrdered = !orderBy.isEmpty();
        int[] orderColumns = orderBy.stream().mapToInt(SortKey::column).toArray();
        for (int row = 0; row < order.length; row++) {
            boolean starting = row == 0 || !isSame(partitionColumns, row);
            starts.set(row, starting);
            peers.set(row, !starting && isSame(orderColumns, row));
        }
        if (isOrdered) {
            peerStarts = new int[order.length];
            peerEnds = new int[order.length];
            int end = order.length;
            for (int row = order.length - 1; row >= 0; row--) {
                peerEnds[row] = end;
                end = peers.get(row) ? end : row;
            }
            int start = 0;
            for (int row = 0; row < order.length; row++) {
                start = peers.get(row) ? start : row;
                peerStarts[row] = start;
            }
        }
        this.edges = new FrameEdges(this, rows, order, orderBy, memory);
    }

    private boolean isSame(int[] columns, int row) {
        for (int column : columns) {
            if (!isSameValue(column, order[row - 1], order[row])) {
                return false;
            }
        }
        return true;
    }

    private boolean isSameValue(int column, int a, int b) {
        boolean present = rows.isPresent(column, a);
        if (!present || !rows.isPresent(column, b)) {
            return present == rows.isPresent(column, b);
        }
        if (rows.types().get(column) == ColumnType.FLOAT64) {
            double[] values = rows.doubles(column);
            // both zeros are equal, as all NaN are
            return Double.doubleToLongBits(values[a] + 0.0)
                    == Double.doubleToLongBits(values[b] + 0.0);
        }
        return rows.longs(column)[a] == rows.longs(column)[b];
    }

    /// Moves to the next partition.
    ///
    /// @return false when there is none
    boolean next() {
        if (to == order.length) {
            return false;
        }
        from = to;
        int next = starts.nextSetBit(from + 1);
        to = next < 0 ? order.length : next;
        return true;
    }

    /// Looks at the rows as a call does.
    ///
    /// @param seen null for what SQL takes when none is said
    /// @param arguments columns of the call's arguments
    void look(@Nullable Frame seen, int[] arguments) {
        this.frame = seen == null ? Frame.DEFAULT : seen;
        this.arguments = arguments;
        edges.prepare(frame);
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int to() {
        return to;
    }

    @Override
    public boolean isPeerOfPrevious(int row) {
        return peers.get(row);
    }

    int peerFrom(int row) {
        return isOrdered ? peerStarts[row] : from;
    }

    @Override
    public int peerTo(int row) {
        return isOrdered ? peerEnds[row] : to;
    }

    /// First row of a row's frame, nothing left out.
    int frameFrom(int row) {
        return edges.from(row);
    }

    /// Row behind the last one of a row's frame; not before its first.
    int frameTo(int row) {
        return Math.max(edges.from(row), edges.to(row));
    }

    @Override
    public int stretches(int row, int[] target) {
        int start = frameFrom(row);
        int end = frameTo(row);
        return switch (frame.exclusion()) {
            case NO_OTHERS -> add(start, end, target, 0);
            case CURRENT_ROW ->
                    add(
                            Math.max(start, row + 1),
                            end,
                            target,
                            add(start, Math.min(end, row), target, 0));
            case GROUP ->
                    add(
                            Math.max(start, peerTo(row)),
                            end,
                            target,
                            add(start, Math.min(end, peerFrom(row)), target, 0));
            case TIES -> {
                int count = add(start, Math.min(end, peerFrom(row)), target, 0);
                count = add(Math.max(start, row), Math.min(end, row + 1), target, count);
                yield add(Math.max(start, peerTo(row)), end, target, count);
            }
        };
    }

    private static int add(int start, int end, int[] target, int count) {
        if (start >= end) {
            return count;
        }
        target[2 * count] = start;
        target[2 * count + 1] = end;
        return count + 1;
    }

    @Override
    public boolean isSame(int argument, int row, int other) {
        return isSameValue(arguments[argument], order[row], order[other]);
    }

    @Override
    public boolean isPresent(int argument, int row) {
        return rows.isPresent(arguments[argument], order[row]);
    }

    @Override
    public ColumnType argumentType(int argument) {
        return rows.types().get(arguments[argument]);
    }

    @Override
    public long longArgument(int argument, int row) {
        return rows.longs(arguments[argument])[order[row]];
    }

    @Override
    public double doubleArgument(int argument, int row) {
        return rows.doubles(arguments[argument])[order[row]];
    }
}
