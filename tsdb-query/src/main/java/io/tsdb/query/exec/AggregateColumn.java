package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.analysis.Frame;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.window.RowChoiceFunction;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.WindowFrame.Edge;
import io.tsdb.query.sql.WindowFrame.Exclusion;

import java.util.Arrays;
import java.util.List;

/// Aggregates of frames. A frame that begins with its partition takes in what is new; one that
/// moves is kept as [SlidingStates] where the aggregate's states are numbers, so that its length
/// costs nothing, unless it is short; all others are taken in whole, row by row.
final class AggregateColumn implements WindowColumn {
    /// Work between two looks at whether the query goes on, in rows.
    private static final int ROWS_PER_CHECK = 65_536;

    private final AggregateFunction function;
    private final WindowCall call;
    private final int[] arguments;
    private final FrameRows rows;
    private final QueryControl control;
    private final ColumnVector[] result;
    private final RowStore results;
    private final int[] all;
    private final ColumnVector output;
    private final MemoryAccount frameMemory;
    private final MemoryAccount resultMemory;
    private final SlidingStates[] sliding;
    private final int[] edges = new int[2 * RowChoiceFunction.STRETCHES_MAX];
    private int rowsSinceCheck;

    /// @param arguments columns of the call's arguments
    AggregateColumn(
            AggregateFunction function,
            WindowCall call,
            int[] arguments,
            RowStore stored,
            int[] order,
            QueryControl control) {
        this.function = function;
        this.call = call;
        this.arguments = arguments;
        this.rows = new FrameRows(function, arguments, stored, order);
        this.control = control;
        this.frameMemory = control.memory().account();
        this.resultMemory = control.memory().account();
        this.result = new ColumnVector[] {new ColumnVector(call.type())};
        this.results = new RowStore(List.of(call.type()), control.memory().account());
        this.all = new int[ColumnVector.ROWS_MAX];
        this.output = new ColumnVector(call.type());
        this.sliding = new SlidingStates[slides() ? 2 : 0];
        for (int i = 0; i < sliding.length; i++) {
            sliding[i] =
                    new SlidingStates(
                            function, rows, control.memory().account(), control.memory().account());
        }
    }

    /// States of texts are sketches and lists, which cost more to merge than rows to take in.
    private boolean slides() {
        Frame frame = frame();
        boolean isGrowing =
                frame.start().edge() == Edge.UNBOUNDED_PRECEDING
                        && frame.exclusion() == Exclusion.NO_OTHERS;
        return !isGrowing
                && !function.holdsRows()
                && !function.stateTypes(rows.type()).contains(ColumnType.STRING);
    }

    private Frame frame() {
        Frame frame = call.window().frame();
        return frame == null ? Frame.DEFAULT : frame;
    }

    @Override
    public void compute(PartitionRows partition) {
        partition.look(call.window().frame(), arguments);
        if (sliding.length > 0) {
            slide(partition);
        } else if (frame().exclusion() == Exclusion.NO_OTHERS) {
            grow(partition);
        } else {
            takeWhole(partition);
        }
    }

    private void grow(PartitionRows partition) {
        Accumulator accumulator = fresh(frameMemory, 1);
        int from = partition.from();
        int to = from;
        boolean isWritten = false;
        Position at = call.place().position();
        for (int row = partition.from(); row < partition.to(); row++) {
            int frameFrom = partition.frameFrom(row);
            int frameTo = partition.frameTo(row);
            if (frameFrom != from || frameTo < to) {
                // one frame's at a time: what the one before it held is given back
                accumulator = fresh(frameMemory, 1);
                from = frameFrom;
                to = frameFrom;
                isWritten = false;
            }
            if (frameTo > to || !isWritten) {
                rows.addRange(accumulator, 0, to, frameTo);
                // those that hold rows look at all of them for each result
                count(1 + frameTo - (function.holdsRows() ? from : to));
                to = frameTo;
                accumulator.writeResult(0, 1, result[0], at);
                isWritten = true;
            }
            results.append(result, 0, 1);
        }
    }

    private void takeWhole(PartitionRows partition) {
        for (int row = partition.from(); row < partition.to(); row++) {
            Accumulator accumulator = fresh(frameMemory, 1);
            int stretches = partition.stretches(row, edges);
            for (int i = 0; i < stretches; i++) {
                rows.addRange(accumulator, 0, edges[2 * i], edges[2 * i + 1]);
                count(edges[2 * i + 1] - edges[2 * i]);
            }
            accumulator.writeResult(0, 1, result[0], call.place().position());
            results.append(result, 0, 1);
        }
    }

    /// The stretches before and behind what is left out move on by themselves; where nothing is,
    /// the first is the frame.
    private void slide(PartitionRows partition) {
        for (SlidingStates states : sliding) {
            states.reset(partition.from());
        }
        for (int from = partition.from(); from < partition.to(); from += ColumnVector.ROWS_MAX) {
            int count = Math.min(ColumnVector.ROWS_MAX, partition.to() - from);
            Accumulator sums = fresh(resultMemory, count);
            for (int i = 0; i < count; i++) {
                slideTo(partition, from + i, sums, i);
            }
            sums.writeResult(0, count, result[0], call.place().position());
            results.append(result, 0, count);
            control.check();
        }
    }

    private void slideTo(PartitionRows partition, int row, Accumulator target, int slot) {
        int from = partition.frameFrom(row);
        int to = partition.frameTo(row);
        Exclusion exclusion = frame().exclusion();
        if (exclusion == Exclusion.NO_OTHERS) {
            add(sliding[0], from, to, target, slot);
            return;
        }
        boolean oneRow = exclusion == Exclusion.CURRENT_ROW;
        int leftOutFrom = oneRow ? row : partition.peerFrom(row);
        int leftOutTo = oneRow ? row + 1 : partition.peerTo(row);
        add(sliding[0], from, Math.max(from, Math.min(to, leftOutFrom)), target, slot);
        int behind = Math.max(from, leftOutTo);
        add(sliding[1], behind, Math.max(behind, to), target, slot);
        if (exclusion == Exclusion.TIES && row >= from && row < to) {
            rows.addRange(target, slot, row, row + 1);
        }
    }

    private void add(SlidingStates states, int from, int to, Accumulator target, int slot) {
        if (SlidingStates.isShort(from, to)) {
            rows.addRange(target, slot, from, to);
        } else {
            states.moveTo(from, to);
            states.mergeInto(target, slot);
        }
    }

    private Accumulator fresh(MemoryAccount memory, int slots) {
        memory.releaseAll();
        Accumulator accumulator = function.accumulator(rows.type(), memory);
        accumulator.ensureSlots(slots);
        return accumulator;
    }

    private void count(int worked) {
        rowsSinceCheck += worked;
        if (rowsSinceCheck > ROWS_PER_CHECK || rowsSinceCheck < 0) {
            rowsSinceCheck = 0;
            control.check();
        }
    }

    @Override
    public ColumnVector write(int from, int count) {
        Arrays.setAll(all, i -> from + i);
        results.writeColumn(0, all, 0, count, output);
        return output;
    }
}
