package io.tsdb.query.evaluation;

import io.tsdb.query.analysis.BoundExpression;

/// Which column of a [RowWindow] a column of the query is.
@FunctionalInterface
public interface ColumnLayout {
    /// Layout of batches, whose columns expressions name by index.
    ColumnLayout INPUT =
            leaf -> {
                if (leaf instanceof BoundExpression.Input(int index, _, _, _)) {
                    return index;
                }
                throw new IllegalStateException("BUG: " + leaf + " is no column of a batch");
            };

    /// @param leaf a Time, Tag, Field or Input
    int indexOf(BoundExpression leaf);
}
