package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.function.aggregate.AggregateFunction;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The partial state of a stretch of rows both of whose ends only move on, at a few merges a row
/// whatever its length: two stacks. The front has a state of each row to the stretch's middle, of
/// that row and all behind it up to there; the back one of all rows from there on. When the front
/// is used up, the rows of the back become it. One thread.
final class SlidingStates {
    /// Stretches up to this length are better taken in whole.
    private static final int SHORT_ROWS = 16;

    private final AggregateFunction function;
    private final FrameRows rows;
    private final MemoryAccount frontMemory;
    private final MemoryAccount backMemory;
    private final ColumnVector[] state;
    private final int[] slot = new int[1];
    private @Nullable Accumulator front;
    private Accumulator back;
    private int from;
    private int middle;
    private int to;

    /// @param frontMemory, backMemory of these states alone
    SlidingStates(
            AggregateFunction function,
            FrameRows rows,
            MemoryAccount frontMemory,
            MemoryAccount backMemory) {
        this.function = function;
        this.rows = rows;
        this.frontMemory = frontMemory;
        this.backMemory = backMemory;
        List<ColumnType> types = function.stateTypes(rows.type());
        this.state = types.stream().map(ColumnVector::new).toArray(ColumnVector[]::new);
        this.back = fresh(backMemory, 1);
    }

    private Accumulator fresh(MemoryAccount memory, int slots) {
        memory.releaseAll();
        Accumulator accumulator = function.accumulator(rows.type(), memory);
        accumulator.ensureSlots(slots);
        return accumulator;
    }

    /// Whether a stretch is so short that taking it in whole costs less than keeping its state.
    static boolean isShort(int from, int to) {
        return to - from <= SHORT_ROWS;
    }

    /// Begins anew, at no rows.
    void reset(int at) {
        front = null;
        back = fresh(backMemory, 1);
        from = at;
        middle = at;
        to = at;
    }

    /// Moves the stretch on.
    ///
    /// @param newFrom not before the last one, here and below
    /// @param newTo not before `newFrom`
    void moveTo(int newFrom, int newTo) {
        if (newFrom >= to) {
            // nothing of it is left
            if (to > middle || front != null) {
                reset(newFrom);
            }
            from = newFrom;
            middle = newFrom;
            to = newFrom;
        }
        if (newTo > to) {
            rows.addRange(back, 0, to, newTo);
            to = newTo;
        }
        from = newFrom;
        if (from > middle) {
            turn();
        }
    }

    /// The rows of the back become the front.
    private void turn() {
        int count = to - from;
        Accumulator states = fresh(frontMemory, count);
        // the last row's in slot 0
        rows.addEach(states, count - 1, from, to);
        for (int i = 1; i < count; i++) {
            states.writeState(i - 1, 1, state);
            slot[0] = i;
            states.mergeState(slot, state, 1);
        }
        front = states;
        middle = to;
        back = fresh(backMemory, 1);
    }

    /// Merges the state of the stretch into a slot of another accumulator.
    void mergeInto(Accumulator target, int targetSlot) {
        slot[0] = targetSlot;
        Accumulator states = front;
        if (states != null && from < middle) {
            states.writeState(middle - 1 - from, 1, state);
            target.mergeState(slot, state, 1);
        }
        if (to > middle) {
            back.writeState(0, 1, state);
            target.mergeState(slot, state, 1);
        }
    }
}
