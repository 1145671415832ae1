package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.window.RowValueFunction;
import io.tsdb.query.function.window.WindowValues;

import java.util.BitSet;

/// Values that a function computes of each row.
final class ValueColumn implements WindowColumn, WindowValues {
    private final RowValueFunction function;
    private final WindowCall call;
    private final int[] arguments;
    private final long[] bits;
    private final BitSet present = new BitSet();
    private final ColumnVector output;

    /// @param arguments columns of the call's arguments
    ValueColumn(RowValueFunction function, WindowCall call, int[] arguments, int rowCount) {
        this.function = function;
        this.call = call;
        this.arguments = arguments;
        this.bits = new long[rowCount];
        this.output = new ColumnVector(call.type());
    }

    @Override
    public void compute(PartitionRows rows) {
        rows.look(call.window().frame(), arguments);
        function.compute(rows, this, call.place().position());
    }

    @Override
    public void set(int row, long value) {
        bits[row] = value;
        present.set(row);
    }

    @Override
    public void set(int row, double value) {
        set(row, Double.doubleToRawLongBits(value));
    }

    @Override
    public ColumnVector write(int from, int count) {
        output.setAllPresent();
        boolean isDouble = output.type() == ColumnType.FLOAT64;
        for (int i = 0; i < count; i++) {
            if (!present.get(from + i)) {
                output.setNull(i);
            } else if (isDouble) {
                output.doubles()[i] = Double.longBitsToDouble(bits[from + i]);
            } else {
                output.longs()[i] = bits[from + i];
            }
        }
        return output;
    }
}
