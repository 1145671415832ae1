package io.tsdb.query.fragment;

import io.tsdb.query.evaluation.RowWindow;

/// A window that can be narrowed to some of its rows.
interface SelectableRows extends RowWindow {
    /// Room for the row numbers of a selection, filled by the caller before [#select].
    int[] selection();

    /// From here on the window holds rows `selection()[0, count)` of what it was made of.
    void select(int count);
}
