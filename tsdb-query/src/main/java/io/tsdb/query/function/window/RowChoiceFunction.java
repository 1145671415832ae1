package io.tsdb.query.function.window;

/// Chooses, for each row of a partition, the row whose first argument is the result.
public non-sealed interface RowChoiceFunction extends WindowFunction {
    /// Most stretches that a frame has.
    int STRETCHES_MAX = 3;

    /// The result is null.
    int NONE = -1;

    /// The result is the call's third argument in the row itself.
    int DEFAULT = -2;

    /// Writes the choices of all rows of the partition: a row, [#NONE] or [#DEFAULT].
    void choose(WindowRows rows, int argumentCount, int[] choices);
}
