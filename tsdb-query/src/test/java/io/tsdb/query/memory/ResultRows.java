package io.tsdb.query.memory;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Results as lists of objects, for assertions.
public final class ResultRows {
    private ResultRows() {}

    /// All rows: Long (also for timestamps; BigInteger for a uint64 beyond), Double, Boolean,
    /// String or null.
    public static List<List<@Nullable Object>> of(QueryResult result) {
        var rows = new ArrayList<List<@Nullable Object>>();
        try (result) {
            ResultBatch batch = result.next();
            while (batch != null) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    var values = new ArrayList<@Nullable Object>();
                    for (int column = 0; column < result.columns().size(); column++) {
                        values.add(value(result, batch, column, row));
                    }
                    rows.add(values);
                }
                batch = result.next();
            }
        }
        return rows;
    }

    private static Object unsigned(long folded) {
        long bits = Uint64.fold(folded);
        return bits >= 0 ? (Object) bits : new BigInteger(Uint64.toText(folded));
    }

    private static @Nullable Object value(
            QueryResult result, ResultBatch batch, int column, int row) {
        if (batch.isNull(column, row)) {
            return null;
        }
        return switch (result.columns().get(column).type()) {
            case TIMESTAMP, INT64 -> batch.longs(column)[row];
            case UINT64 -> unsigned(batch.longs(column)[row]);
            case FLOAT64 -> batch.doubles(column)[row];
            case BOOL -> batch.longs(column)[row] != 0;
            case STRING -> batch.dictionarySource(column).get(batch.stringIds(column)[row]);
        };
    }
}
