package io.tsdb.query.function.window;

/// `dense_rank()`: as `rank()`, without gaps: 1, 1, 2.
public final class DenseRankFunction implements RowNumberingFunction {
    @Override
    public String name() {
        return "dense_rank";
    }

    @Override
    public String usage() {
        return "dense_rank()";
    }

    @Override
    public void number(WindowRows rows, long[] results) {
        for (int row = rows.from(); row < rows.to(); row++) {
            long before = row == rows.from() ? 0 : results[row - 1];
            results[row] = rows.isPeerOfPrevious(row) ? before : before + 1;
        }
    }
}
