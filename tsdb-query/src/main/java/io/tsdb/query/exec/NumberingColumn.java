package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.window.RowNumberingFunction;

/// Numbers of rows.
final class NumberingColumn implements WindowColumn {
    private final RowNumberingFunction function;
    private final long[] numbers;
    private final ColumnVector output = new ColumnVector(ColumnType.INT64);

    NumberingColumn(RowNumberingFunction function, int rowCount) {
        this.function = function;
        this.numbers = new long[rowCount];
    }

    @Override
    public void compute(PartitionRows rows) {
        rows.look(null, new int[0]);
        function.number(rows, numbers);
    }

    @Override
    public ColumnVector write(int from, int count) {
        System.arraycopy(numbers, from, output.longs(), 0, count);
        return output;
    }
}
