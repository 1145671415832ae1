package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

/// Shares of rows sorted by value: the constants of percentiles, and what lies there.
final class Shares {
    private Shares() {}

    static double of(Object parameter, AggregateFunction function, Position position) {
        if (parameter instanceof Number number) {
            double share = number.doubleValue();
            if (share >= 0 && share <= 1) {
                return share;
            }
        }
        throw new QueryException(
                QueryErrorCode.INVALID_VALUE,
                position,
                "the share of "
                        + function.name()
                        + " lies from 0 to 1, and is "
                        + parameter
                        + "; the 95th percentile is 0.95");
    }

    /// The value at the share, between two of them on the line.
    static void continuous(GroupRows rows, double share, ColumnVector result, int row) {
        double place = share * (rows.size() - 1);
        int low = (int) Math.floor(place);
        double rest = place - low;
        double a = rows.number(low);
        if (rest == 0 || rows.isSame(low, low + 1)) {
            result.doubles()[row] = a;
            return;
        }
        double b = rows.number(low + 1);
        double step = rows.difference(low + 1, low);
        result.doubles()[row] =
                Double.isInfinite(step) ? a * (1 - rest) + b * rest : a + step * rest;
    }

    /// The first value that the share of rows is at or below.
    static int discrete(GroupRows rows, double share) {
        return Math.max(0, (int) Math.ceil(share * rows.size()) - 1);
    }
}
