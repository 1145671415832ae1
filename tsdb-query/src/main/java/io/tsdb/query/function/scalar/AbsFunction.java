package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;

/// `abs(x)`: the number without its sign; the type stays. An error for the lowest int64.
public final class AbsFunction implements ScalarFunction {
    @Override
    public String name() {
        return "abs";
    }

    @Override
    public String usage() {
        return "abs(number)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() == 1 && arguments.getFirst().isNumeric()
                ? Optional.of(new ScalarSignature(arguments, arguments.getFirst()))
                : Optional.empty();
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        if (result.type() == ColumnType.FLOAT64) {
            double[] values = arguments[0].doubles();
            double[] results = result.doubles();
            for (int i = 0; i < rowCount; i++) {
                results[i] = Math.abs(values[i]);
            }
            return;
        }
        long[] values = arguments[0].longs();
        long[] results = result.longs();
        if (result.type() == ColumnType.UINT64) {
            System.arraycopy(values, 0, results, 0, rowCount);
            return;
        }
        for (int i = 0; i < rowCount; i++) {
            results[i] = Math.abs(values[i]);
            if (results[i] < 0 && result.isPresent(i)) {
                throw new QueryException(
                        QueryErrorCode.OUT_OF_RANGE,
                        site.position(),
                        "abs(" + values[i] + ") passes the range of int64");
            }
        }
    }
}
