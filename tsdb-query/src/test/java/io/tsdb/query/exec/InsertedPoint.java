package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.rows.RowStore;
import io.tsdb.storage.model.Uint64;

import java.math.BigInteger;
import java.util.HashMap;

/// Rows of an `INSERT` as points of the shards in memory.
final class InsertedPoint {
    private InsertedPoint() {}

    static TestPoint of(AnalyzedInsert target, RowStore rows, int row) {
        var tags = new HashMap<String, String>();
        var fields = new HashMap<String, Object>();
        long time = 0;
        for (int i = 0; i < target.columns().size(); i++) {
            AnalyzedInsert.Column column = target.columns().get(i);
            if (!rows.isPresent(i, row)) {
                continue;
            }
            switch (column.kind()) {
                case TIME -> time = rows.longs(i)[row];
                case TAG -> tags.put(column.name(), text(rows, i, row));
                case FIELD -> fields.put(column.name(), value(rows, i, row));
            }
        }
        return new TestPoint(target.measurement(), tags, time, fields);
    }

    private static String text(RowStore rows, int column, int row) {
        return rows.strings(column).get((int) rows.longs(column)[row]);
    }

    private static Object value(RowStore rows, int column, int row) {
        return switch (rows.types().get(column)) {
            case INT64, TIMESTAMP -> (Object) rows.longs(column)[row];
            case UINT64 -> new BigInteger(Uint64.toText(rows.longs(column)[row]));
            case FLOAT64 -> (Object) rows.doubles(column)[row];
            case BOOL -> (Object) (rows.longs(column)[row] != 0);
            case STRING -> text(rows, column, row);
        };
    }
}
