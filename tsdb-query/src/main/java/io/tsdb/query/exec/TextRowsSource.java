package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/// Rows of texts that are known already: names, plans.
final class TextRowsSource implements BatchSource {
    private final Iterator<List<String>> rows;
    private final ColumnBatch output;

    TextRowsSource(int columnCount, Iterable<List<String>> rows) {
        this.rows = rows.iterator();
        this.output = new ColumnBatch(Collections.nCopies(columnCount, ColumnType.STRING));
    }

    @Override
    public @Nullable ColumnBatch next() {
        // of one batch, so bounded by it
        var dictionary = new StringDictionary(MemoryAccount.unlimited());
        int count = 0;
        while (count < ColumnVector.ROWS_MAX && rows.hasNext()) {
            List<String> row = rows.next();
            for (int i = 0; i < output.columnCount(); i++) {
                output.column(i).ids()[count] = dictionary.idOf(row.get(i));
            }
            count++;
        }
        for (int i = 0; i < output.columnCount(); i++) {
            output.column(i).setDictionary(dictionary);
        }
        output.setRowCount(count);
        return count > 0 ? output : null;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
