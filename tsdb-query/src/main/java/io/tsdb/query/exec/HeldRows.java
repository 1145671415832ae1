package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.rows.RowStore;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Supplier;

/// Rows that an operator reads ahead of its input, and may hand on again.
final class HeldRows implements BatchSource {
    private final Supplier<BatchSource> start;
    private final QueryControl control;
    private final MemoryAccount memory;
    private final RowStore rows;
    private final StoredWindow window;
    private final ColumnBatch output;
    private @Nullable BatchSource started;
    private int written;
    private boolean isReleased;

    /// @param start starts the input, when it is first read
    HeldRows(List<ColumnType> types, Supplier<BatchSource> start, QueryControl control) {
        this.start = start;
        this.control = control;
        this.memory = control.memory().account();
        this.rows = new RowStore(types, memory);
        this.window = new StoredWindow(rows);
        this.output = new ColumnBatch(types.size());
    }

    private BatchSource input() {
        BatchSource input = started;
        if (input == null) {
            input = start.get();
            started = input;
        }
        return input;
    }

    RowStore rows() {
        return rows;
    }

    /// Reads these rows and those of another side in turn, until one side ends: the smaller one.
    ///
    /// @return whether it is this one
    boolean endsBefore(HeldRows other) {
        while (true) {
            if (!readAhead()) {
                return true;
            }
            if (!other.readAhead()) {
                return false;
            }
        }
    }

    /// Reads one batch ahead.
    ///
    /// @return false at the end of the input
    private boolean readAhead() {
        control.check();
        ColumnBatch batch = input().next();
        if (batch == null) {
            return false;
        }
        rows.append(batch.columns(), 0, batch.rowCount());
        return true;
    }

    /// What was read ahead, then the rest of the input.
    @Override
    public @Nullable ColumnBatch next() {
        int count = Math.min(ColumnVector.ROWS_MAX, rows.size() - written);
        if (count > 0) {
            window.set(written, count);
            for (int i = 0; i < output.columnCount(); i++) {
                output.setColumn(i, window.column(i));
            }
            output.setRowCount(count);
            written += count;
            return output;
        }
        if (!isReleased) {
            isReleased = true;
            memory.releaseAll();
        }
        return input().next();
    }

    @Override
    public void close() {
        BatchSource input = started;
        if (input != null) {
            input.close();
        }
    }
}
