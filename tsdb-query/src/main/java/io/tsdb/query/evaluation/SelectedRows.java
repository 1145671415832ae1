package io.tsdb.query.evaluation;

import io.tsdb.query.column.ColumnVector;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Some rows of a window as a window of their own, so that what is evaluated over it sees no
/// others. Columns are gathered when first asked for. One thread.
public final class SelectedRows implements RowWindow {
    private static final RowWindow NONE =
            new RowWindow() {
                @Override
                public int rowCount() {
                    return 0;
                }

                @Override
                public ColumnVector column(int index) {
                    throw new IllegalStateException("BUG: no rows were selected");
                }
            };

    private RowWindow rows = NONE;
    private int[] selection = {};
    private int count;
    private @Nullable ColumnVector[] gathered = {};
    private boolean[] isGathered = {};

    /// From here on the window holds rows `selection[0, count)` of another one, until that moves
    /// on.
    public void select(RowWindow rows, int[] selection, int count) {
        this.rows = rows;
        this.selection = selection;
        this.count = count;
        Arrays.fill(isGathered, false);
    }

    @Override
    public int rowCount() {
        return count;
    }

    @Override
    public ColumnVector column(int index) {
        ColumnVector all = rows.column(index);
        if (index >= gathered.length) {
            gathered = Arrays.copyOf(gathered, index + 1);
            isGathered = Arrays.copyOf(isGathered, index + 1);
        }
        ColumnVector target = gathered[index];
        if (target == null) {
            target = new ColumnVector(all.type());
            gathered[index] = target;
        }
        if (!isGathered[index]) {
            isGathered[index] = true;
            target.gather(all, selection, count);
        }
        return target;
    }
}
