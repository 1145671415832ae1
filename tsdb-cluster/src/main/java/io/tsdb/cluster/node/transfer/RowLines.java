package io.tsdb.cluster.node.transfer;

import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.analysis.AnalyzedInsert.Column;
import io.tsdb.query.rows.RowStore;
import io.tsdb.storage.model.Uint64;

import java.util.List;

/// Rows of a statement as line protocol, a piece at a time. One thread.
public final class RowLines {
    private final String measurement;
    private final List<Column> columns;
    private final RowStore rows;
    private final StringBuilder line = new StringBuilder();
    private LineBatch batch = new LineBatch(1024);
    private int next;

    /// @param target what the columns of the rows are
    public RowLines(AnalyzedInsert target, RowStore rows) {
        this.measurement = target.measurement();
        this.columns = target.columns();
        this.rows = rows;
    }

    /// Takes the next rows, to about so many bytes.
    ///
    /// @return how many rows these are; 0 at the end
    /// @throws IllegalArgumentException when a row can be no point, with its number
    public int fill(int bytesMax) {
        batch = new LineBatch(64 << 10);
        int from = next;
        while (next < rows.size() && batch.size() < bytesMax) {
            try {
                append(next);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("row " + (next + 1) + ": " + e.getMessage(), e);
            }
            int start = batch.size();
            batch.append(line.toString());
            batch.endLine(start, next + 1L);
            next++;
        }
        return next - from;
    }

    public byte[] bytes() {
        return batch.bytes();
    }

    public int size() {
        return batch.size();
    }

    /// The number of the row, from 1, that a line of this piece came from.
    public long rowOf(long lineNumber) {
        return batch.fileLine(lineNumber);
    }

    private void append(int row) {
        line.setLength(0);
        LineEscapes.measurement(line, measurement);
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.kind() == AnalyzedInsert.Kind.TAG && rows.isPresent(i, row)) {
                line.append(',');
                LineEscapes.name(line, "tag", column.name());
                line.append('=');
                String value = rows.strings(i).get((int) rows.longs(i)[row]);
                LineEscapes.name(line, "value of tag '" + column.name() + "'", value);
            }
        }
        char separator = ' ';
        int time = -1;
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            switch (column.kind()) {
                case TIME -> time = i;
                case TAG -> {
                    // stands before the fields
                }
                case FIELD -> {
                    if (rows.isPresent(i, row)) {
                        line.append(separator);
                        separator = ',';
                        LineEscapes.name(line, "field", column.name());
                        line.append('=');
                        value(i, row);
                    }
                }
            }
        }
        if (separator == ' ') {
            throw new IllegalArgumentException("every field is NULL; a point has one at least");
        }
        if (!rows.isPresent(time, row)) {
            throw new IllegalArgumentException("time is NULL");
        }
        line.append(' ').append(rows.longs(time)[row]);
    }

    private void value(int column, int row) {
        switch (columns.get(column).type()) {
            case INT64 -> line.append(rows.longs(column)[row]).append('i');
            case UINT64 -> line.append(Uint64.toText(rows.longs(column)[row])).append('u');
            case FLOAT64 -> {
                double value = rows.doubles(column)[row];
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "field '"
                                    + columns.get(column).name()
                                    + "' is "
                                    + value
                                    + "; fields hold finite numbers");
                }
                line.append(value);
            }
            case BOOL -> line.append(rows.longs(column)[row] != 0);
            case STRING ->
                    LineEscapes.string(
                            line, rows.strings(column).get((int) rows.longs(column)[row]));
            case TIMESTAMP -> throw new IllegalStateException("BUG: a field of timestamps");
        }
    }
}
