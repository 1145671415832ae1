package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.TextOrder;

/// Order of two values of one type: NaN above all numbers, -0.0 equal to 0.0, false below true,
/// text by code points.
public final class ValueOrder {
    private ValueOrder() {}

    /// Compares present values of two vectors of one type.
    public static int compare(ColumnVector a, int rowA, ColumnVector b, int rowB) {
        return switch (a.type()) {
            case TIMESTAMP, INT64, UINT64, BOOL -> Long.compare(a.longs()[rowA], b.longs()[rowB]);
            case FLOAT64 -> compare(a.doubles()[rowA], b.doubles()[rowB]);
            case STRING -> TextOrder.compare(a.string(rowA), b.string(rowB));
        };
    }

    public static int compare(double a, double b) {
        if (a < b) {
            return -1;
        }
        if (a > b) {
            return 1;
        }
        if (a == b) {
            return 0;
        }
        return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }
}
