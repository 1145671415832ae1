package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnVector;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Which rows of a window are chosen, and its columns as of these: gathered when first asked for.
/// One thread.
final class ChosenRows {
    private final @Nullable ColumnVector[] gathered;
    private final boolean[] isGathered;
    private final int[] selection = new int[ColumnVector.ROWS_MAX];
    private int count;
    private boolean isSelected;

    ChosenRows(int columnCount) {
        this.gathered = new ColumnVector[columnCount];
        this.isGathered = new boolean[columnCount];
    }

    /// Begins with other rows, all of them.
    void beginAll(int rowCount) {
        count = rowCount;
        isSelected = false;
        Arrays.fill(isGathered, false);
    }

    /// As [SelectableRows#selection()].
    int[] selection() {
        return selection;
    }

    /// As [SelectableRows#select].
    void select(int selectedCount) {
        count = selectedCount;
        isSelected = true;
    }

    /// From here on only rows `chosen[0, chosenCount)` of those that were.
    void narrow(int[] chosen, int chosenCount) {
        for (int i = 0; i < chosenCount; i++) {
            selection[i] = place(chosen[i]);
        }
        Arrays.fill(isGathered, false);
        select(chosenCount);
    }

    int count() {
        return count;
    }

    boolean isSelected() {
        return isSelected;
    }

    /// Which of all rows a chosen one is.
    int place(int row) {
        return isSelected ? selection[row] : row;
    }

    /// The chosen rows of a column.
    ///
    /// @param whole all rows of it
    ColumnVector column(int index, ColumnVector whole) {
        if (!isSelected) {
            return whole;
        }
        ColumnVector target = gathered[index];
        if (target == null) {
            target = new ColumnVector(whole.type());
            gathered[index] = target;
        }
        if (!isGathered[index]) {
            isGathered[index] = true;
            target.gather(whole, selection, count);
        }
        return target;
    }
}
