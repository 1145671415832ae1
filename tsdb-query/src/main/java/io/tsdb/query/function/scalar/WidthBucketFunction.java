package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

import java.util.List;
import java.util.Optional;

/// `width_bucket(x, low, high, n)`: number of the bucket, of n of one width from low to high, that
/// x lies in; 0 below, n + 1 from high on. With low above high the buckets count down.
public final class WidthBucketFunction implements ScalarFunction {
    @Override
    public String name() {
        return "width_bucket";
    }

    @Override
    public String usage() {
        return "width_bucket(number, low, high, count)";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        boolean fits =
                arguments.size() == 4
                        && arguments.stream().allMatch(ColumnType::isNumeric)
                        && arguments.get(3) == ColumnType.INT64;
        return fits
                ? Optional.of(
                        new ScalarSignature(
                                List.of(
                                        ColumnType.FLOAT64,
                                        ColumnType.FLOAT64,
                                        ColumnType.FLOAT64,
                                        ColumnType.INT64),
                                ColumnType.INT64))
                : Optional.empty();
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                result.longs()[i] =
                        bucket(
                                arguments[0].doubles()[i],
                                arguments[1].doubles()[i],
                                arguments[2].doubles()[i],
                                arguments[3].longs()[i],
                                site);
            }
        }
    }

    private static long bucket(double x, double low, double high, long count, CallSite site) {
        // NaN fits nowhere
        boolean isRange = low < high || low > high;
        if (count < 1 || count >= 1L << 53 || !isRange || Double.isNaN(x)) {
            throw site.error(
                    QueryErrorCode.INVALID_VALUE,
                    "width_bucket takes a number, two different bounds and a positive count, not "
                            + x
                            + ", "
                            + low
                            + ", "
                            + high
                            + ", "
                            + count);
        }
        boolean isDown = low > high;
        if (isDown ? x > low : x < low) {
            return 0;
        }
        if (isDown ? x <= high : x >= high) {
            return count + 1;
        }
        // what is rounded up to the bound is still below it
        return Math.min(count, (long) Math.floor((x - low) / (high - low) * count) + 1);
    }
}
