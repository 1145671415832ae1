package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.rows.GroupKeys;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.Supplier;

/// `INTERSECT` and `EXCEPT`: counts how often each different row comes from either side. Nulls are
/// equal here.
final class MatchedSource implements BatchSource {
    private final Plan.Matched plan;
    private final BatchSource left;
    private final Supplier<BatchSource> rightStart;
    private final QueryControl control;
    private final GroupKeys rows;
    private final ColumnBatch different;
    private final ColumnBatch output;
    private final int[] slots = new int[ColumnVector.ROWS_MAX];
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private final MemoryAccount memory;
    private int[] leftCounts = {};
    private int[] rightCounts = {};
    private boolean isRead;
    private int slot;
    private int slotTaken;

    MatchedSource(
            Plan.Matched plan,
            BatchSource left,
            Supplier<BatchSource> rightStart,
            QueryControl control) {
        this.plan = plan;
        this.left = left;
        this.rightStart = rightStart;
        this.control = control;
        this.memory = control.memory().account();
        this.rows = new GroupKeys(plan.types(), control.memory().account());
        this.different = new ColumnBatch(plan.types());
        this.output = new ColumnBatch(plan.types());
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (!isRead) {
            isRead = true;
            leftCounts = read(left, leftCounts);
            try (BatchSource right = rightStart.get()) {
                rightCounts = read(right, rightCounts);
            }
            // rows of one side alone count as none of the other
            memory.reserve(2L * Integer.BYTES * rows.size());
            leftCounts = Arrays.copyOf(leftCounts, rows.size());
            rightCounts = Arrays.copyOf(rightCounts, rows.size());
        }
        while (slot < rows.size()) {
            control.check();
            int base = slot;
            int span = Math.min(ColumnVector.ROWS_MAX, rows.size() - base);
            int selected = select(base, span);
            if (selected > 0) {
                write(base, span, selected);
                return output;
            }
        }
        return null;
    }

    private int[] read(BatchSource source, int[] counts) {
        int[] grown = counts;
        for (ColumnBatch batch = source.next(); batch != null; batch = source.next()) {
            rows.slots(batch.columns(), batch.rowCount(), slots);
            if (rows.size() > grown.length) {
                int before = grown.length;
                memory.reserve(2L * Integer.BYTES * rows.size());
                grown = Arrays.copyOf(grown, 2 * rows.size());
                memory.release((long) Integer.BYTES * before);
            }
            for (int row = 0; row < batch.rowCount(); row++) {
                grown[slots[row]]++;
            }
            control.checkGroups(rows.size());
        }
        return grown;
    }

    /// Picks rows of slots `[base, base + span)` into the selection, each as often as it counts,
    /// and moves on behind what was picked.
    private int select(int base, int span) {
        int selected = 0;
        while (slot < base + span && selected < selection.length) {
            int wanted = wanted(slot);
            int taken = Math.min(wanted - slotTaken, selection.length - selected);
            Arrays.fill(selection, selected, selected + taken, slot - base);
            selected += taken;
            slotTaken += taken;
            if (slotTaken >= wanted) {
                slot++;
                slotTaken = 0;
            }
        }
        return selected;
    }

    private int wanted(int of) {
        int a = leftCounts[of];
        int b = rightCounts[of];
        if (plan.all()) {
            return plan.isIntersection() ? Math.min(a, b) : Math.max(0, a - b);
        }
        return a > 0 && b > 0 == plan.isIntersection() ? 1 : 0;
    }

    private void write(int base, int span, int selected) {
        rows.write(base, span, different.columns());
        output.gather(different, selection, selected);
    }

    @Override
    public void close() {
        left.close();
    }
}
