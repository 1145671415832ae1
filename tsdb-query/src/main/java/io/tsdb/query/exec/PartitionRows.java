package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.fragment.RowStore;
import io.tsdb.query.function.window.WindowRows;
import io.tsdb.query.sql.RowFrame;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;

/// Stored rows in the order of a window, cut into partitions; moves from one to the next. One
/// thread.
final class PartitionRows implements WindowRows {
    private final RowStore rows;
    private final int[] order;
    private final BitSet starts = new BitSet();
    private final BitSet peers = new BitSet();
    private final boolean isOrdered;
    private int[] peerEnds = {};
    private int from;
    private int to;
    private @Nullable RowFrame frame;
    private int[] arguments = {};

    /// @param order of all rows: by partition first, by the window's order within
    /// @param partitionColumns equal values of these make a partition
    /// @param orderColumns equal values of these make peers
    PartitionRows(RowStore rows, int[] order, int[] partitionColumns, int[] orderColumns) {
        this.rows = rows;
        this.order = order;
        this.isOrdered = orderColumns.length > 0;
        for (int row = 0; row < order.length; row++) {
            boolean starting = row == 0 || !isSame(partitionColumns, row);
            starts.set(row, starting);
            peers.set(row, !starting && isSame(orderColumns, row));
        }
        if (isOrdered) {
            peerEnds = new int[order.length];
            int end = order.length;
            for (int row = order.length - 1; row >= 0; row--) {
                peerEnds[row] = end;
                end = peers.get(row) ? end : row;
            }
        }
    }

    private boolean isSame(int[] columns, int row) {
        int a = order[row - 1];
        int b = order[row];
        for (int column : columns) {
            boolean present = rows.isPresent(column, a);
            if (present != rows.isPresent(column, b)) {
                return false;
            }
            if (present && !isSame(column, a, b)) {
                return false;
            }
        }
        return true;
    }

    private boolean isSame(int column, int a, int b) {
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
    /// @param frame null for what SQL takes when none is said
    /// @param arguments columns of the call's arguments
    void look(@Nullable RowFrame frame, int[] arguments) {
        this.frame = frame;
        this.arguments = arguments;
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

    @Override
    public int frameFrom(int row) {
        return frame == null ? from : frame.from(row, from);
    }

    @Override
    public int frameTo(int row) {
        if (frame != null) {
            return frame.to(row, to);
        }
        return isOrdered ? peerEnds[row] : to;
    }

    @Override
    public boolean isPresent(int argument, int row) {
        return rows.isPresent(arguments[argument], order[row]);
    }

    @Override
    public long longArgument(int argument, int row) {
        return rows.longs(arguments[argument])[order[row]];
    }
}
