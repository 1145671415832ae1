package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/// Joins rows by a table of one side's. Both sides are read in turn until one ends: that is the
/// smaller one, and goes into the table; the other one passes by.
final class JoinSource implements BatchSource {
    private final Plan.Join plan;
    private final HeldRows left;
    private final HeldRows right;
    private final QueryControl control;
    private @Nullable JoinProbe probe;

    JoinSource(
            Plan.Join plan,
            Supplier<BatchSource> left,
            Supplier<BatchSource> right,
            QueryControl control) {
        this.plan = plan;
        this.left = new HeldRows(plan.left().types(), left, control);
        this.right = new HeldRows(plan.right().types(), right, control);
        this.control = control;
    }

    @Override
    public @Nullable ColumnBatch next() {
        JoinProbe running = probe;
        if (running == null) {
            running = begin();
            probe = running;
        }
        return running.next();
    }

    private JoinProbe begin() {
        boolean storesLeft = !right.endsBefore(left);
        HeldRows stored = storesLeft ? left : right;
        stored.close();
        return new JoinProbe(plan, storesLeft, stored.rows(), storesLeft ? right : left, control);
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
