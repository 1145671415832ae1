package io.tsdb.query.exec;

import io.tsdb.query.analysis.Frame;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.scalar.CalendarTime;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.RowOrder;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.WindowFrame.Edge;
import io.tsdb.query.sql.WindowFrame.Unit;

import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;

/// Where the frames of a partition's rows begin and end. Frames that go by values or groups are
/// found for all rows of the partition at once, in one pass: both ends only ever move on. One
/// thread.
final class FrameEdges {
    private final PartitionRows partition;
    private final RowStore rows;
    private final int[] order;
    private final List<SortKey> orderBy;
    private final MemoryAccount memory;
    private Frame frame = Frame.DEFAULT;
    private boolean isFound;
    private int base;
    private int[] froms = {};
    private int[] tos = {};

    FrameEdges(
            PartitionRows partition,
            RowStore rows,
            int[] order,
            List<SortKey> orderBy,
            MemoryAccount memory) {
        this.partition = partition;
        this.rows = rows;
        this.order = order;
        this.orderBy = orderBy;
        this.memory = memory;
    }

    /// Looks at the current partition through a frame.
    void prepare(Frame next) {
        frame = next;
        base = partition.from();
        boolean byGroups = frame.unit() == Unit.GROUPS;
        isFound = byGroups || frame.goesByValues();
        if (isFound) {
            ensure(partition.to() - base);
            if (byGroups) {
                findByGroups();
            } else {
                find(frame.start(), true, froms);
                find(frame.end(), false, tos);
            }
        }
    }

    private void ensure(int count) {
        if (froms.length < count) {
            memory.reserve(2L * Integer.BYTES * (count - froms.length));
            froms = new int[count];
            tos = new int[count];
        }
    }

    int from(int row) {
        if (isFound) {
            return froms[row - base];
        }
        Frame.Bound start = frame.start();
        return switch (start.edge()) {
            case UNBOUNDED_PRECEDING -> partition.from();
            case CURRENT_ROW -> frame.unit() == Unit.ROWS ? row : partition.peerFrom(row);
            case PRECEDING -> (int) Math.max(partition.from(), row - start.whole());
            case FOLLOWING -> (int) Math.min(partition.to(), row + start.whole());
            case UNBOUNDED_FOLLOWING -> partition.to();
        };
    }

    int to(int row) {
        if (isFound) {
            return tos[row - base];
        }
        Frame.Bound end = frame.end();
        return switch (end.edge()) {
            case UNBOUNDED_PRECEDING -> partition.from();
            case CURRENT_ROW -> frame.unit() == Unit.ROWS ? row + 1 : partition.peerTo(row);
            case PRECEDING -> (int) Math.max(partition.from(), row - end.whole() + 1);
            case FOLLOWING -> (int) Math.min(partition.to(), row + end.whole() + 1);
            case UNBOUNDED_FOLLOWING -> partition.to();
        };
    }

    private void findByGroups() {
        int first = partition.from();
        int end = partition.to();
        findGroups(frame.start(), first, end, true);
        findGroups(frame.end(), first, end, false);
    }

    /// A pointer at the start of the group that bounds the frame, moved on with the rows.
    private void findGroups(Frame.Bound bound, int first, int end, boolean isStart) {
        int[] target = isStart ? froms : tos;
        if (bound.edge() == Edge.UNBOUNDED_PRECEDING || bound.edge() == Edge.UNBOUNDED_FOLLOWING) {
            int at = bound.edge() == Edge.UNBOUNDED_PRECEDING ? first : end;
            Arrays.fill(target, 0, end - first, at);
            return;
        }
        long distance =
                switch (bound.edge()) {
                    case PRECEDING -> -bound.whole();
                    case FOLLOWING -> bound.whole();
                    default -> 0;
                };
        // the number of the group that bounds the frame of a row, less that of the pointer's
        int pointer = first;
        long group = 0;
        long pointerGroup = 0;
        for (int row = first; row < end; row++) {
            if (row > first && !partition.isPeerOfPrevious(row)) {
                group++;
            }
            long wanted = group + distance + (isStart ? 0 : 1);
            while (pointer < end && pointerGroup < wanted) {
                pointer = partition.peerTo(pointer);
                pointerGroup++;
            }
            target[row - first] = pointer;
        }
    }

    /// Rows without a value are in the frame of each other, and in no other that goes by values.
    private void find(Frame.Bound bound, boolean isStart, int[] target) {
        SortKey key = orderBy.getFirst();
        int first = partition.from();
        int end = partition.to();
        int valuesFrom = first;
        while (valuesFrom < end && !isPresent(key, valuesFrom)) {
            valuesFrom++;
        }
        int valuesTo = end;
        while (valuesTo > valuesFrom && !isPresent(key, valuesTo - 1)) {
            valuesTo--;
        }
        int pointer = valuesFrom;
        for (int row = first; row < end; row++) {
            boolean isNull = row < valuesFrom || row >= valuesTo;
            int at;
            if (bound.edge() == Edge.UNBOUNDED_PRECEDING) {
                at = first;
            } else if (bound.edge() == Edge.UNBOUNDED_FOLLOWING) {
                at = end;
            } else if (isNull || bound.edge() == Edge.CURRENT_ROW) {
                at = isStart ? partition.peerFrom(row) : partition.peerTo(row);
            } else {
                long limit = limit(bound, key, row);
                while (pointer < valuesTo
                        && (isStart ? rank(key, pointer) < limit : rank(key, pointer) <= limit)) {
                    pointer++;
                }
                at = pointer;
            }
            target[row - first] = at;
        }
    }

    private boolean isPresent(SortKey key, int row) {
        return rows.isPresent(key.column(), order[row]);
    }

    /// Of a row's value, ascending in the order of the window.
    private long rank(SortKey key, int row) {
        long rank =
                rows.types().get(key.column()) == ColumnType.FLOAT64
                        ? RowOrder.rank(rows.doubles(key.column())[order[row]])
                        : rows.longs(key.column())[order[row]];
        return key.descending() ? ~rank : rank;
    }

    /// The rank of the value that lies as far from a row's as a bound says.
    private long limit(Frame.Bound bound, SortKey key, int row) {
        boolean isBack = bound.edge() == Edge.PRECEDING != key.descending();
        long rank;
        if (rows.types().get(key.column()) == ColumnType.FLOAT64) {
            double value = rows.doubles(key.column())[order[row]];
            rank = RowOrder.rank(isBack ? value - bound.real() : value + bound.real());
        } else {
            long value = rows.longs(key.column())[order[row]];
            long moved = bound.months() == 0 ? value : movedByMonths(value, bound.months(), isBack);
            rank = saturated(moved, bound.whole(), isBack);
        }
        return key.descending() ? ~rank : rank;
    }

    private static long movedByMonths(long time, long months, boolean isBack) {
        try {
            return CalendarTime.plusMonths(time, isBack ? -months : months);
        } catch (ArithmeticException | DateTimeException _) {
            // beyond all times
            return isBack ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static long saturated(long value, long distance, boolean isBack) {
        long moved = isBack ? value - distance : value + distance;
        boolean isPast = isBack ? moved > value : moved < value;
        return isPast ? (isBack ? Long.MIN_VALUE : Long.MAX_VALUE) : moved;
    }
}
