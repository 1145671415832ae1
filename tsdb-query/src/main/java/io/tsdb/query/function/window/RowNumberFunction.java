package io.tsdb.query.function.window;

/// `row_number()`: 1, 2, 3 in the partition's order; rows that are sorted alike in any order.
public final class RowNumberFunction implements RowNumberingFunction {
    @Override
    public String name() {
        return "row_number";
    }

    @Override
    public String usage() {
        return "row_number()";
    }

    @Override
    public void number(WindowRows rows, long[] results) {
        for (int row = rows.from(); row < rows.to(); row++) {
            results[row] = 1L + row - rows.from();
        }
    }
}
