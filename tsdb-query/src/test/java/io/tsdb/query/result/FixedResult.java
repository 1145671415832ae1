package io.tsdb.query.result;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A result with a column of each type: `rows` rows per batch, `batches` batches, then perhaps an
/// error.
public final class FixedResult implements QueryResult {
    private final int rows;
    private int batches;
    private final @Nullable QueryException end;
    private final StringDictionary strings = new StringDictionary(MemoryAccount.unlimited());
    private static final List<ColumnType> TYPES =
            List.of(
                    ColumnType.TIMESTAMP,
                    ColumnType.INT64,
                    ColumnType.FLOAT64,
                    ColumnType.BOOL,
                    ColumnType.STRING);

    private long next;

    public FixedResult(int rows, int batches, @Nullable QueryException end) {
        this.rows = rows;
        this.batches = batches;
        this.end = end;
    }

    @Override
    public List<ResultColumn> columns() {
        return TYPES.stream().map(type -> new ResultColumn(type.sqlName(), type)).toList();
    }

    /// Row `n`: time n s, n (null when n % 3 = 1), n / 4, n odd, text of n % 3.
    @Override
    public @Nullable ResultBatch next() {
        if (batches-- <= 0) {
            if (end != null) {
                throw end;
            }
            return null;
        }
        ColumnBatch batch = new ColumnBatch(TYPES);
        for (int column = 0; column < 5; column++) {
            batch.column(column).setAllPresent();
        }
        batch.setRowCount(rows);
        for (int row = 0; row < rows; row++, next++) {
            batch.column(0).longs()[row] = next * 1_000_000_000L;
            batch.column(1).longs()[row] = next;
            batch.column(2).doubles()[row] = next / 4.0;
            batch.column(3).longs()[row] = next & 1;
            batch.column(4).ids()[row] =
                    strings.idOf(List.of("plain", "a,\"b\"\n<c>", "é").get((int) (next % 3)));
        }
        batch.column(4).setDictionary(strings);
        for (int row = 0; row < rows; row++) {
            if (batch.column(1).longs()[row] % 3 == 1) {
                batch.column(1).setNull(row);
            }
        }
        return new ResultBatch(batch);
    }

    @Override
    public MemoryAccount memory() {
        return MemoryAccount.unlimited();
    }

    @Override
    public void close() {
        batches = 0;
    }
}
