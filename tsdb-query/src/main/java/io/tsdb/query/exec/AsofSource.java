package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Supplier;

/// `ASOF JOIN`: both sides are read in turn until one ends, the smaller one; it is held in runs of
/// equal keys, sorted by time, and the other one passes by.
final class AsofSource implements BatchSource {
    private final Plan.Asof plan;
    private final HeldRows left;
    private final HeldRows right;
    private final QueryControl control;
    private final JoinedBatch joined;
    private final ColumnBatch selected;
    private final int[] matched = new int[ColumnVector.ROWS_MAX];
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private @Nullable AsofMatches matches;

    AsofSource(
            Plan.Asof plan,
            Supplier<BatchSource> left,
            Supplier<BatchSource> right,
            QueryControl control) {
        this.plan = plan;
        this.left = new HeldRows(plan.left().types(), left, control);
        this.right = new HeldRows(plan.right().types(), right, control);
        this.control = control;
        List<ColumnType> types = plan.types();
        MemoryAccount memory = control.memory().account();
        memory.reserve(2 * ColumnBatch.memoryBytes(types.size()));
        int leftCount = plan.left().types().size();
        this.joined = new JoinedBatch(types, leftCount, types.size() - leftCount);
        this.selected = new ColumnBatch(types);
    }

    @Override
    public @Nullable ColumnBatch next() {
        AsofMatches found = matches;
        if (found == null) {
            found = begin();
            matches = found;
        }
        while (true) {
            control.check();
            ColumnBatch batch = left.next();
            if (batch == null) {
                return null;
            }
            found.find(batch, matched);
            ColumnBatch rows = rows(batch, found);
            if (rows != null) {
                return rows;
            }
        }
    }

    private @Nullable ColumnBatch rows(ColumnBatch batch, AsofMatches found) {
        int count = 0;
        for (int i = 0; i < batch.rowCount(); i++) {
            selection[count] = i;
            count += matched[i] >= 0 ? 1 : 0;
        }
        if (count == 0 && !plan.keepsLeft()) {
            return null;
        }
        ColumnBatch all = joined.allBeside(batch, found.rows(), matched);
        if (plan.keepsLeft() || count == batch.rowCount()) {
            return all;
        }
        selected.gather(all, selection, count);
        return selected;
    }

    private AsofMatches begin() {
        if (right.endsBefore(left)) {
            right.close();
            return new AsofOfHeldRight(plan, right.rows(), control);
        }
        return new AsofOfHeldLeft(plan, left.rows(), right, control);
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
