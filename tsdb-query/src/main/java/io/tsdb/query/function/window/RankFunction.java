package io.tsdb.query.function.window;

/// `rank()`: one more than the rows before it; rows that are sorted alike have the same rank.
public final class RankFunction implements RowNumberingFunction {
    @Override
    public String name() {
        return "rank";
    }

    @Override
    public String usage() {
        return "rank()";
    }

    @Override
    public void number(WindowRows rows, long[] results) {
        for (int row = rows.from(); row < rows.to(); row++) {
            results[row] = rows.isPeerOfPrevious(row) ? results[row - 1] : 1L + row - rows.from();
        }
    }
}
