package io.tsdb.query.memory;

import io.tsdb.query.memory.MemorySeries.Column;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

/// Statistics of rows, computed the slow and plain way.
final class MemoryStatistics {
    private MemoryStatistics() {}

    static ColumnStatistics of(Column column, long[] times, int from, int to) {
        int count = 0;
        int first = -1;
        int last = -1;
        long min = 0;
        long max = 0;
        long sum = 0;
        double doubleSum = 0;
        boolean exact = true;
        boolean isText = column.type == FieldType.STRING;
        for (int row = from; row < to; row++) {
            if (!column.present[row]) {
                continue;
            }
            first = first < 0 ? row : first;
            last = row;
            long bits = isText ? 0 : column.bits[row];
            min = count == 0 || compare(column.type, bits, min) < 0 ? bits : min;
            max = count == 0 || compare(column.type, bits, max) > 0 ? bits : max;
            doubleSum += Double.longBitsToDouble(bits);
            if (column.type == FieldType.UINT64) {
                long next = sum + Uint64.fold(bits);
                exact &= Long.compareUnsigned(next, sum) >= 0;
                sum = next;
            } else {
                long next = sum + bits;
                exact &= ((sum ^ next) & (bits ^ next)) >= 0;
                sum = next;
            }
            count++;
        }
        if (count == 0) {
            return new ColumnStatistics(column.type, 0, 0, true, 0, 0, 0, 0, 0, 0);
        }
        boolean isDouble = column.type == FieldType.FLOAT64;
        return new ColumnStatistics(
                column.type,
                count,
                isText ? 0 : isDouble ? Double.doubleToRawLongBits(doubleSum) : sum,
                isDouble || exact,
                min,
                max,
                isText ? 0 : column.bits[first],
                isText ? 0 : column.bits[last],
                times[first],
                times[last]);
    }

    private static int compare(FieldType type, long a, long b) {
        return type == FieldType.FLOAT64
                ? Double.compare(Double.longBitsToDouble(a), Double.longBitsToDouble(b))
                : Long.compare(a, b);
    }
}
