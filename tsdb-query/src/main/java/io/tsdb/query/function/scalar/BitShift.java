package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

/// By how many places bits are shifted.
final class BitShift {
    private BitShift() {}

    /// @param places of all rows
    /// @throws io.tsdb.query.sql.QueryException when a row's are negative
    static long places(ColumnVector places, int row, CallSite site) {
        long count = places.longs()[row];
        if (count < 0) {
            throw site.error(
                    QueryErrorCode.OUT_OF_RANGE,
                    "bits are shifted by 0 or more places, not by " + count);
        }
        return count;
    }
}
